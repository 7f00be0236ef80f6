//! Attempts to enter a code, and codes that are entered again.

use mfakit_core::store::{
    AttemptReservation, CodeProof, FindRepeat, ReleaseAttempt, RepeatLookup, ReserveAttempt, StoreError,
};

use crate::{
    arguments::{ANY_NUMBER, hex_list, millis},
    database::Database,
    names::{approval, hex},
    record::{challenge_of, read_count, read_lock, read_repeat, unreadable},
};

pub(crate) async fn reserve_attempt(
    database: &Database,
    request: ReserveAttempt<'_>,
) -> Result<AttemptReservation, StoreError> {
    let ReserveAttempt { key, challenge, numbers, proofs, rule, .. } = request;
    let numbers = numbers.map_or_else(|| ANY_NUMBER.to_owned(), hex_list);
    let answer: Vec<String> = database
        .connection
        .call_replicated(
            &database.scripts.reserve_attempt,
            &database.keys(&key),
            &[
                &database.now(),
                &hex(challenge.as_bytes()),
                &hex(key.login.as_bytes()),
                key.scope.as_str(),
                &numbers,
                &rule.lock_after.to_string(),
                &millis(rule.lock_for),
                &millis(rule.longest_lock),
                &rule.disable_after.to_string(),
                &millis(rule.forget_after),
                &hex_list(proofs.iter().map(CodeProof::as_bytes)),
                &approval(&key),
            ],
        )
        .await?;
    let answer: Vec<_> = answer.iter().map(String::as_str).collect();
    match *answer.as_slice() {
        ["reserved", record, used, failures, lock, era, attempt, digest] => {
            Ok(AttemptReservation::Reserved {
                challenge: Box::new(challenge_of(&key, digest, record, used)?),
                attempt: read_count(attempt)?,
                failures: read_count(failures)?,
                lock: read_lock(lock)?,
                era: read_count(era)?,
            })
        }
        ["rejected", record, used, failures, lock, _, _, digest] => Ok(AttemptReservation::Rejected {
            challenge: Box::new(challenge_of(&key, digest, record, used)?),
            failures: read_count(failures)?,
            lock: read_lock(lock)?,
        }),
        ["repeated", record, used, grant, nonce] => {
            let repeat = read_repeat(&key, [record, used, grant, nonce])?;
            Ok(AttemptReservation::Repeated(Box::new(repeat)))
        }
        ["number_needed"] => Ok(AttemptReservation::NumberNeeded),
        ["over"] => Ok(AttemptReservation::Over),
        ["locked", lock] => Ok(AttemptReservation::Locked(read_lock(lock)?)),
        _ => Err(unreadable("an answer")),
    }
}

pub(crate) async fn release_attempt(
    database: &Database,
    request: ReleaseAttempt<'_>,
) -> Result<(), StoreError> {
    let ReleaseAttempt { key, challenge, attempt, era, unsent, rule, .. } = request;
    database
        .connection
        .call_write::<()>(
            &database.scripts.release_attempt,
            &database.keys(&key.unbind()),
            &[
                &database.now(),
                &hex(challenge.as_bytes()),
                &hex(key.login.as_bytes()),
                key.scope.as_str(),
                &attempt.to_string(),
                &era.to_string(),
                if unsent { "unsent" } else { "sent" },
                &rule.lock_after.to_string(),
                &rule.disable_after.to_string(),
                &approval(&key),
            ],
        )
        .await
}

pub(crate) async fn find_repeat(
    database: &Database,
    request: FindRepeat<'_>,
) -> Result<RepeatLookup, StoreError> {
    let FindRepeat { key, challenge, attempt, proofs, .. } = request;
    let answer: Vec<String> = database
        .connection
        .call_write(
            &database.scripts.find_repeat,
            &database.keys(&key.unbind()),
            &[
                &database.now(),
                &hex(challenge.as_bytes()),
                &hex(key.login.as_bytes()),
                key.scope.as_str(),
                &attempt.to_string(),
                &hex_list(proofs.iter().map(CodeProof::as_bytes)),
                &approval(&key),
            ],
        )
        .await?;
    let answer: Vec<_> = answer.iter().map(String::as_str).collect();
    match *answer.as_slice() {
        ["found", record, used, grant, nonce] => {
            let repeat = read_repeat(&key, [record, used, grant, nonce])?;
            Ok(RepeatLookup::Found(Box::new(repeat)))
        }
        ["pending"] => Ok(RepeatLookup::Pending),
        ["nothing"] => Ok(RepeatLookup::Nothing),
        _ => Err(unreadable("an answer")),
    }
}
