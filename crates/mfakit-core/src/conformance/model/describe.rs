//! Answers as text, which contains everything that the port specifies and can be compared.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::test_user::{describe_action, describe_challenge},
    grant::{Binding, GrantRecord},
    store::{
        AttemptReservation, ConsumedAction, GrantState, Repeat, RepeatLookup, SendReservation, UserState,
    },
};

pub(super) fn send_reservation(answer: &SendReservation) -> String {
    match answer {
        SendReservation::Reserved { resend_at, action } => {
            let action = action.as_deref().map(describe_action);
            format!("reserved, next at {resend_at:?}, for {action:?}")
        }
        SendReservation::NoAction => "no action".to_owned(),
        SendReservation::TooSoon { resend_at, cooling_down, live } => {
            let live = live.as_deref().map_or_else(|| "none".to_owned(), describe_challenge);
            format!("too soon, next at {resend_at:?}, cooling down: {cooling_down}, live: {live}")
        }
        SendReservation::Locked(lock) => format!("locked: {lock:?}"),
    }
}

/// Leaves the number of the attempt and the era out: their values are up to the store.
pub(super) fn attempt_reservation(answer: &AttemptReservation) -> String {
    match answer {
        AttemptReservation::Reserved { challenge, failures, lock, .. } => {
            format!("reserved, {failures} failures, {lock:?}: {}", describe_challenge(challenge))
        }
        AttemptReservation::Rejected { challenge, failures, lock } => {
            format!("rejected, {failures} failures, {lock:?}: {}", describe_challenge(challenge))
        }
        AttemptReservation::Repeated(answer) => repeat(answer),
        AttemptReservation::NumberNeeded => "number needed".to_owned(),
        AttemptReservation::Over => "over".to_owned(),
        AttemptReservation::Locked(lock) => format!("locked: {lock:?}"),
    }
}

pub(super) fn repeat_lookup(answer: &RepeatLookup) -> String {
    match answer {
        RepeatLookup::Found(answer) => repeat(answer),
        RepeatLookup::Pending => "pending".to_owned(),
        RepeatLookup::Nothing => "nothing".to_owned(),
    }
}

fn repeat(Repeat { challenge, grant, nonce }: &Repeat) -> String {
    format!("repeated, {grant:?} from {:?}: {}", nonce.as_bytes(), describe_challenge(challenge))
}

/// Describes a grant that has expired as none, because a store may keep it or not.
pub(super) fn grant(grant: Option<&GrantRecord>, now: Timestamp) -> String {
    match grant.filter(|grant| now < grant.expires_at) {
        None => "no grant".to_owned(),
        Some(GrantRecord { binding, verified_at, expires_at, method, approval }) => {
            let bound_to = match binding {
                Binding::Cookie(hash) => format!("{:?}", hash.as_bytes()),
                Binding::Bearer => "bearer".to_owned(),
            };
            format!(
                "granted at {verified_at:?} until {expires_at:?} by {method} to {bound_to} for {approval:?}"
            )
        }
    }
}

/// Describes bound grants that have not expired, in an order of their own.
pub(super) fn bound_grants<'a>(grants: impl Iterator<Item = &'a GrantRecord>, now: Timestamp) -> String {
    let live = grants.filter(|grant| now < grant.expires_at);
    let mut described: Vec<_> = live.map(|it| grant(Some(it), now)).collect();
    described.sort();
    format!("{described:?}")
}

/// Describes a wait that is over as none, because a store may keep it or not. Describes of the consumed approvals only those of
/// the actions, because a store may return others.
pub(super) fn user_state(user_state: &UserState, now: Timestamp) -> String {
    let UserState { failures, lock, resend_at, challenges, grants, actions, consumed } = user_state;
    let mut challenges: Vec<_> = challenges.iter().map(|it: &Challenge| describe_challenge(it)).collect();
    let grant_state =
        |it: &GrantState| format!("{} {:?} {}", it.login, it.scope, grant(Some(&it.grant), now));
    let mut grants: Vec<_> = grants.iter().map(grant_state).collect();
    let consumed = actions.iter().filter_map(|action| ConsumedAction::newest_like(consumed, action));
    let mut consumed: Vec<_> = consumed.map(|it| format!("{it:?}")).collect();
    consumed.sort();
    let mut actions: Vec<_> = actions.iter().map(describe_action).collect();
    challenges.sort();
    grants.sort();
    actions.sort();
    let resend_at = resend_at.filter(|at| now < *at);
    format!(
        "{failures} failures, {lock:?}, next at {resend_at:?}, challenges {challenges:?}, grants {grants:?}, \
         actions {actions:?}, consumed {consumed:?}"
    )
}
