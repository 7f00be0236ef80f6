//! Sends of codes, and the challenges that they open.

use mfakit_core::{
    ChallengeId, UserId,
    store::{Challenge, OpenOutcome, ReserveSend, SendReservation, StoreError},
};

use crate::{
    action_record::read_action,
    arguments::{limits, millis, moment},
    database::Database,
    names::{approval, hex},
    place::Place,
    record::{challenge_of, challenge_parts, read_lock, read_timestamp, unreadable},
};

pub(crate) async fn reserve_send(
    database: &Database,
    request: ReserveSend<'_>,
) -> Result<SendReservation, StoreError> {
    let ReserveSend { key, challenge, rule, .. } = request;
    let actions = key.approval.map(|_| database.names.actions(key.user));
    let keys: Vec<_> = [database.names.user(key.user)].into_iter().chain(actions).collect();
    let waits: Vec<_> = rule.cool_down.iter().map(|wait| millis(*wait)).collect();
    let (answer, action): (Vec<Option<String>>, Option<Vec<u8>>) = database
        .connection
        .call_replicated(
            &database.scripts.reserve_send,
            &keys,
            &[
                &database.now(),
                &hex(challenge.as_bytes()),
                &hex(key.login.as_bytes()),
                key.scope.as_str(),
                &waits.join(","),
                &limits(&rule.per_login_and_scope),
                &limits(&rule.per_user),
                &millis(rule.keep()),
                &approval(&key),
            ],
        )
        .await?;
    let answer: Vec<_> = answer.iter().map(Option::as_deref).collect();
    match *answer.as_slice() {
        [Some("reserved"), Some(resend_at)] => {
            let action = action.map(|record| read_action(&Place::of(&key), &record)).transpose()?;
            if action.is_none() && key.approval.is_some() {
                return Err(unreadable("an answer"));
            }
            let resend_at = read_timestamp(resend_at)?;
            Ok(SendReservation::Reserved { resend_at, action: action.map(Box::new) })
        }
        [Some("no_action")] => Ok(SendReservation::NoAction),
        [Some("too_soon"), Some(resend_at), Some(cooling_down), record, used, Some(digest)] => {
            let read = |(record, used)| challenge_of(&key, digest, record, used);
            let live = record.zip(used).map(read).transpose()?.map(Box::new);
            let (resend_at, cooling_down) = (read_timestamp(resend_at)?, cooling_down == "1");
            Ok(SendReservation::TooSoon { resend_at, cooling_down, live })
        }
        [Some("locked"), Some(lock)] => Ok(SendReservation::Locked(read_lock(lock)?)),
        _ => Err(unreadable("an answer")),
    }
}

pub(crate) async fn release_send(
    database: &Database,
    user: &UserId,
    challenge: &ChallengeId,
) -> Result<(), StoreError> {
    let arguments = [&*database.now(), &hex(challenge.as_bytes())];
    let keys = [database.names.user(user)];
    database.connection.call_write::<()>(&database.scripts.release_send, &keys, &arguments).await
}

pub(crate) async fn open_challenge(
    database: &Database,
    user: &UserId,
    challenge: &Challenge,
) -> Result<OpenOutcome, StoreError> {
    let (before, after) = challenge_parts(challenge);
    let (id, digest) = challenge.approval.map_or_else(Default::default, |approval| {
        (hex(approval.id.as_bytes()), hex(approval.digest.as_bytes()))
    });
    let names = &database.names;
    let actions = challenge.approval.map(|_| names.actions(user));
    let keys: Vec<_> = [names.user(user), names.spent(user)].into_iter().chain(actions).collect();
    let answer: String = database
        .connection
        .call_write(
            &database.scripts.open_challenge,
            &keys,
            &[
                &database.now(),
                &hex(challenge.id.as_bytes()),
                &hex(challenge.login.as_bytes()),
                challenge.scope.as_str(),
                &before,
                &moment(challenge.sent_at),
                &millis(challenge.expires_at.since(challenge.sent_at)),
                &after,
                &challenge.attempts_used.to_string(),
                &id,
                &digest,
            ],
        )
        .await?;
    match answer.as_str() {
        "opened" => Ok(OpenOutcome::Opened),
        "over" => Ok(OpenOutcome::Over),
        _ => Err(unreadable("an answer")),
    }
}
