//! State of a person's number, for programs. It says no more than the page.

use mfakit_core::{ChangeDenied, Mfa, PendingNumber, RecoverySituation, Scope, adapter::whole_seconds};
use serde_json::{Value, json};

use crate::{
    address::{NUMBER, RECOVER, RECOVERY_CODES, REMOVE_NUMBER, file_path, page_path},
    answer::Answer,
    approval_name::with_approval,
    endpoints::situation::sent,
    page::NumberContext,
};

/// Writes the state. Spans are in whole seconds.
pub(super) fn number_situation(context: &NumberContext<'_>) -> Answer {
    let NumberContext { mfa, messages, situation, .. } = *context;
    let may_change = situation.denied.is_none();
    let reason = situation.denied.map(|denied| match denied {
        ChangeDenied::SignInTooOld { .. } => "sign-in-too-old",
        _ => "step-up-required",
    });
    let members = json!({
        "number": situation.number,
        "confirmed_at": situation.confirmed_at.map(|at| at.to_string()),
        "may_change": may_change,
        "may_change_for": situation.may_change_for.map(|left| left.as_secs()),
        "reason": reason,
        "change_url": file_path(mfa, NUMBER),
        "may_remove": situation.may_remove,
        "remove_url": file_path(mfa, REMOVE_NUMBER),
        "recovery": situation.recovery.as_ref().map(|recovery| recovery_situation(mfa, recovery)),
        "manage_url": situation.number.as_ref().map(|_| &context.manage_url),
        "pending": situation.pending.as_ref().filter(|_| may_change).map(|pending| waiting(context, pending)),
        "channels": situation.channels,
        "resend_in": situation.resend_in.as_secs(),
        "locked_for": situation.locked_for.map(whole_seconds),
        "digits": mfa.policy().digits(),
    });
    Answer::new(200)
        .content("application/json", members.to_string().into_bytes())
        .header("content-language", messages.language())
        .negotiated()
        .varying("Accept-Language")
}

/// Writes the state of the recovery codes.
fn recovery_situation(mfa: &Mfa, recovery: &RecoverySituation) -> Value {
    json!({
        "codes": recovery.codes.map(|codes| json!({
            "left": codes.left,
            "made_at": codes.made_at.to_string(),
        })),
        "allowed": recovery.allowed.map(|allowed| json!({
            "from": allowed.from.to_string(),
            "until": allowed.until.to_string(),
        })),
        "needs_sign_in": recovery.needs_sign_in,
        "recover_url": file_path(mfa, RECOVER),
        "codes_url": file_path(mfa, RECOVERY_CODES),
    })
}

/// Writes the unconfirmed number that waits for its code.
fn waiting(context: &NumberContext<'_>, pending: &PendingNumber) -> Value {
    let path = page_path(context.mfa, &Scope::ENROLL);
    json!({
        "number": pending.number,
        "channels": pending.channels,
        "challenge": pending.live.as_ref().map(sent),
        "expires_in": pending.expires_in.as_secs(),
        "challenge_url": with_approval(format!("{path}/challenge"), Some(&pending.approval)),
        "confirm_url": format!("{path}/verify"),
    })
}
