//! Situation of a session, for programs that show it themselves. Sends nothing [SEND-9].
//!
//! It says no more than the page: a number, channels and a challenge only in the states in which the page has them.

use std::time::Duration;

use mfakit_core::{
    LiveChallenge,
    adapter::{Destination, MfaExt as _, whole_seconds},
};
use serde_json::{Value, json};

use crate::{
    address::page_path,
    answer::Answer,
    approval_name::with_approval,
    page::{PageAction, PageContext, PageTrigger},
};

/// Writes the situation. Spans are in whole seconds.
pub(super) fn situation(context: &PageContext<'_>, trigger: &PageTrigger) -> Answer {
    let PageContext { mfa, messages, settings, situation, .. } = *context;
    let (state, texts) = context.texts(trigger);
    let asks = state.goes_on();
    let live = situation.live.as_ref().filter(|_| asks);
    let wait = live.map_or(Duration::ZERO, |live| live.resend_in).max(situation.resend_in);
    let number = match &situation.destination {
        Destination::Number(number) if asks => Some(number.as_str()),
        _ => None,
    };
    let path = page_path(mfa, settings.scope());
    let approval = context.action.map(PageAction::approval);
    let members = json!({
        "scope": settings.scope().as_str(),
        "state": state.name(),
        "label": mfa.label(settings, messages),
        "action": context.action.map(PageAction::to_json),
        "max_age": context.holds_for().as_secs(),
        "once": context.is_once(),
        "grant": situation.granted_for.map(|left| json!({ "expires_in": left.as_secs() })),
        "number": number,
        "channels": if asks { situation.channels.as_slice() } else { &[] },
        "challenge": live.map(challenge),
        "resend_in": if asks { seconds(wait) } else { 0 },
        "locked_for": situation.locked_for.filter(|_| situation.grant.is_none()).map(whole_seconds),
        "digits": mfa.policy().digits(),
        "challenge_url": with_approval(format!("{path}/challenge"), approval),
        "verify_url": format!("{path}/verify"),
        "texts": texts,
    });
    Answer::new(200)
        .content("application/json", members.to_string().into_bytes())
        .header("content-language", messages.language())
        .negotiated()
        .varying("Accept-Language")
}

/// Writes a live challenge with its number of attempts left.
fn challenge(live: &LiveChallenge) -> Value {
    let mut members = sent(live);
    if let Some(members) = members.as_object_mut() {
        members.insert("attempts_left".to_owned(), live.attempts_left.into());
    }
    members
}

/// Writes a code that was sent, for programs. Spans are in whole seconds.
pub(super) fn sent(live: &LiveChallenge) -> Value {
    json!({
        "challenge": live.reference().to_string(),
        "channel": live.channel,
        "sent_to": live.sent_to,
        "expires_in": live.expires_in.as_secs(),
        "resend_in": seconds(live.resend_in),
    })
}

/// Returns a wait in seconds, rounded up, so that a client that waits this long does not come too early.
fn seconds(wait: Duration) -> u64 {
    if wait.is_zero() { 0 } else { whole_seconds(wait) }
}
