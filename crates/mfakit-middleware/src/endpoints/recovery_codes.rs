//! Makes recovery codes, and shows them once.

use mfakit_core::{EnrollError, RecoveryCode, RecoveryCodes};
use serde_json::json;

use crate::{
    answer::Answer,
    endpoints::{call::Call, reply::Reply},
    form::Format,
    page,
};

/// Makes recovery codes. A program is answered with `200` and the codes, everyone else with a page that shows them: a
/// redirect could not carry them. The answer is never stored, and the session's grant is consumed, so its cookie is removed.
pub(super) async fn make(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    call.fields(format, body)?.finish().map_err(|problem| call.reject(problem))?;
    match call.mfa.make_recovery_codes(&call.subject, call.manage.as_ref()).await {
        Ok(made) => Ok(call.without_manage(match call.reply {
            Reply::Json => as_json(&made),
            Reply::Redirect | Reply::Page => page::recovery_codes(call.mfa, call.messages(), &made),
        })),
        Err(EnrollError::Denied(denied)) => Err(call.deny_change(denied).await),
        Err(error) => Err(call.not_changed(&error)),
    }
}

fn as_json(made: &RecoveryCodes) -> Answer {
    let codes: Vec<_> = made.codes.iter().map(RecoveryCode::expose).collect();
    let members = json!({ "codes": codes, "made_at": made.made_at.to_string() });
    Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
}
