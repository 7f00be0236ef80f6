use std::time::Duration;

use crate::{
    clock::Timestamp,
    decision::Reason,
    event::{EventContext, EventKind, Fingerprint},
    number_check::{Facts, Moment},
    provider::ProviderErrorKind,
    scope::Scope,
    store::Revocation,
    subject::LoginId,
};

/// One event of every name and message.
fn all() -> Vec<EventKind<'static>> {
    let (wait, error, failures) = (Duration::from_secs(1), "away", 0);
    vec![
        EventKind::CodeSent { sent_to: "•••34", region: "US", provider_id: "1" },
        EventKind::SendRejected { why: "limit", limited: true, retry_after: None },
        EventKind::SendRejected { why: "country", limited: false, retry_after: None },
        EventKind::CodeRejected { attempts_left: 1, failures },
        EventKind::Locked { until: Timestamp::from_millis(0), failures },
        EventKind::Disabled { failures },
        EventKind::AttemptRejected { retry_after: None },
        EventKind::Unlocked,
        EventKind::ChallengeOver,
        EventKind::RejectionSurge,
        EventKind::Granted { lifetime: wait, failures },
        EventKind::Granted { lifetime: wait, failures: 1 },
        EventKind::Repeated { lifetime: wait },
        EventKind::Consumed,
        EventKind::Denied { reason: Reason::Missing },
        EventKind::Revoked { what: Revocation::User },
        EventKind::NumberForgotten,
        EventKind::NumberAdded { number: "•••34" },
        EventKind::NumberReplaced { from: "•••34", to: "•••35" },
        EventKind::NumberRemoved { number: "•••34" },
        EventKind::NumberChanged,
        EventKind::NumberChangeRejected { why: "conflict" },
        EventKind::RecoveryCodesMade { count: 10 },
        EventKind::RecoveryCodeUsed { left: 9 },
        EventKind::RecoveryCodeRejected { why: "not a code that is left" },
        EventKind::RecoveryAllowed { from: Timestamp::from_millis(0), until: Timestamp::from_millis(1) },
        EventKind::RecoveryRevoked { why: "by the app" },
        EventKind::RecoveryConsumed,
        EventKind::RecoveryUnreadable,
        EventKind::RecoveryRevocationPending { noted: true },
        EventKind::RevocationPending,
        EventKind::NumberChecked { moment: Moment::Send, opinion: "accepted", facts: Facts::new() },
        EventKind::NoticeSent { notice: "number_added" },
        EventKind::NoticeFailed { notice: "number_added", held: true, error },
        EventKind::NoticeFailed { notice: "number_added", held: false, error },
        EventKind::ForgeryRejected { why: "foreign" },
        EventKind::ProviderFailed { kind: ProviderErrorKind::Failed, error },
        EventKind::StoreFailed { error },
        EventKind::AppFailed { function: "identify", error },
        EventKind::NumberUnreadable { error },
        EventKind::Misconfigured { error },
        EventKind::RoutesNotReached { notice: error },
        EventKind::ClientAddressNotConfigured,
    ]
}

#[test]
fn the_docs_list_every_name_with_its_message() {
    let documented = include_str!("mod.rs").lines().filter(|line| line.starts_with("//! | `"));
    let expected = all().into_iter().map(|kind| format!("//! | `{}` | {} |", kind.name(), kind.message()));
    assert!(documented.eq(expected), "{:#?}", all().iter().map(EventKind::message).collect::<Vec<_>>());
}

#[test]
fn a_context_can_name_a_session_and_a_scope() {
    let (login, scope) = (LoginId::from_bytes([1; 16]), Scope::new("pay").unwrap());
    let context = EventContext::new().login(&login).scope(&scope);
    assert_eq!(context.session(), Some(Fingerprint::of(login.as_bytes())));
    assert_eq!(context.scope, Some(&scope));
}
