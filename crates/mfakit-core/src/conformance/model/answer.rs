//! What a store and the model say, as text that tells everything and compares.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::{
        model::history::{Attempted, Sent},
        person::all_of,
    },
    grant::GrantRecord,
    store::{AttemptReservation, Repeat, RepeatLookup, SendReservation, UserState},
};

pub(super) fn of_send(answer: &SendReservation) -> String {
    match answer {
        SendReservation::Reserved { resend_at } => format!("reserved, next at {resend_at:?}"),
        SendReservation::TooSoon { resend_at, cooling_down, live } => {
            too_soon(*resend_at, *cooling_down, live.as_deref())
        }
        SendReservation::Locked(lock) => format!("locked: {lock:?}"),
    }
}

pub(super) fn of_sent(answer: &Sent) -> String {
    match answer {
        Sent::Reserved { resend_at } => format!("reserved, next at {resend_at:?}"),
        Sent::TooSoon { resend_at, cooling_down, live } => {
            too_soon(*resend_at, *cooling_down, live.as_deref())
        }
        Sent::Locked(lock) => format!("locked: {lock:?}"),
    }
}

fn too_soon(resend_at: Timestamp, cooling_down: bool, live: Option<&Challenge>) -> String {
    let live = live.map_or_else(|| "none".to_owned(), all_of);
    format!("too soon, next at {resend_at:?}, cooling down: {cooling_down}, live: {live}")
}

pub(super) fn of_attempt(answer: &AttemptReservation) -> String {
    match answer {
        AttemptReservation::Reserved { challenge, failures, lock, era: _ } => {
            format!("reserved, {failures} failures, {lock:?}: {}", all_of(challenge))
        }
        AttemptReservation::Rejected { challenge, failures, lock } => {
            format!("rejected, {failures} failures, {lock:?}: {}", all_of(challenge))
        }
        AttemptReservation::Repeated(repeat) => of_repeat(repeat),
        AttemptReservation::Over => "over".to_owned(),
        AttemptReservation::Locked(lock) => format!("locked: {lock:?}"),
    }
}

pub(super) fn of_attempted(answer: &Attempted) -> String {
    match answer {
        Attempted::Reserved { challenge, failures, lock, place: _ } => {
            format!("reserved, {failures} failures, {lock:?}: {}", all_of(challenge))
        }
        Attempted::Rejected { challenge, failures, lock } => {
            format!("rejected, {failures} failures, {lock:?}: {}", all_of(challenge))
        }
        Attempted::Repeated(repeat) => of_repeat(repeat),
        Attempted::Over => "over".to_owned(),
        Attempted::Locked(lock) => format!("locked: {lock:?}"),
    }
}

pub(super) fn of_search(search: &RepeatLookup) -> String {
    match search {
        RepeatLookup::Found(repeat) => of_repeat(repeat),
        RepeatLookup::Pending => "pending".to_owned(),
        RepeatLookup::Nothing => "nothing".to_owned(),
    }
}

fn of_repeat(Repeat { challenge, grant, nonce }: &Repeat) -> String {
    format!("repeated, {grant:?} from {:?}: {}", nonce.as_bytes(), all_of(challenge))
}

/// What has ended may be there or not, so it is told as if it were not.
pub(super) fn of_grant(grant: Option<&GrantRecord>, now: Timestamp) -> String {
    match grant.filter(|grant| now < grant.expires_at) {
        None => "no grant".to_owned(),
        Some(grant) => {
            let token = match grant.binding {
                crate::grant::Binding::Cookie(hash) => format!("{:?}", hash.as_bytes()),
                crate::grant::Binding::Bearer => "bearer".to_owned(),
            };
            let GrantRecord { verified_at, expires_at, channel, .. } = grant;
            format!("granted at {verified_at:?} until {expires_at:?} by {channel:?} to {token}")
        }
    }
}

pub(super) fn of_standing(user_state: &UserState, now: Timestamp) -> String {
    let UserState { failures, lock, resend_at, challenges, grants } = user_state;
    let mut challenges: Vec<_> = challenges.iter().map(all_of).collect();
    let named = |it: &crate::store::GrantState| {
        format!("{} {:?} {}", it.login, it.scope, of_grant(Some(&it.grant), now))
    };
    let mut grants: Vec<_> = grants.iter().map(named).collect();
    challenges.sort();
    grants.sort();
    // A wait that is over and none at all are the same.
    let resend_at = resend_at.filter(|at| now < *at);
    format!(
        "{failures} failures, {lock:?}, next at {resend_at:?}, challenges {challenges:?}, grants {grants:?}"
    )
}
