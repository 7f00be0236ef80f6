//! Records: a version, then the parts between bars. They are read back strictly. A record that cannot be read is an
//! error, never an absence.

use mfakit_core::{
    ChallengeId, LoginId, Scope, Timestamp,
    provider::ProviderScope,
    store::{Binding, Challenge, GrantNonce, GrantRecord, Key, Lock, Method, Repeat, StoreError, TokenHash},
};

use crate::names::{hex, unhex};

/// Version of every record.
const VERSION: &str = "1";

/// Returns the two parts of a grant's record that state its binding: one before its times, one after them.
pub(crate) fn binding_parts(binding: &Binding) -> (&'static str, String) {
    match binding {
        Binding::Cookie(hash) => ("cookie", hex(hash.as_bytes())),
        Binding::Bearer => ("bearer", String::new()),
    }
}

/// Returns the record of a grant: `1|binding|channel|verified at|expires at|token`.
pub(crate) fn write_grant(grant: &GrantRecord) -> String {
    let (binding, token) = binding_parts(&grant.binding);
    let (verified_at, expires_at) = (grant.verified_at.as_millis(), grant.expires_at.as_millis());
    format!("{VERSION}|{binding}|{}|{verified_at}|{expires_at}|{token}", grant.method)
}

pub(crate) fn read_grant(record: &str) -> Result<GrantRecord, StoreError> {
    read_grant_parts(record).ok_or_else(|| unreadable("a grant"))
}

fn read_grant_parts(record: &str) -> Option<GrantRecord> {
    let mut parts = record.split('|');
    if parts.next()? != VERSION {
        return None;
    }
    let binding = parts.next()?;
    let method = parts.next()?.parse::<Method>().ok()?;
    let (verified_at, expires_at) = (read_time(parts.next()?)?, read_time(parts.next()?)?);
    let binding = match (binding, parts.next()?) {
        ("cookie", token) => Binding::Cookie(TokenHash::from_bytes(unhex(token)?)),
        ("bearer", "") => Binding::Bearer,
        _ => return None,
    };
    parts.next().is_none().then_some(GrantRecord::new(binding, verified_at, expires_at, method, None))
}

/// Returns the record of a challenge in two pieces, without the two times between them:
/// `1|challenge|number|attempts|sent at|expires at|channel|resend at|last two|provider's scope|+return`.
///
/// The scripts read the first seven parts, and insert the two times by the server's clock. The record never changes, so the
/// number of attempts used is in a separate field.
pub(crate) fn challenge_parts(challenge: &Challenge) -> (String, String) {
    let (id, number, attempts) = (hex(challenge.id.as_bytes()), hex(&challenge.number), challenge.attempts);
    let return_to = challenge.return_to.as_ref().map_or(String::new(), |signed| format!("+{signed}"));
    let after = [
        challenge.method.as_str(),
        &challenge.resend_at.as_millis().to_string(),
        &challenge.last_two,
        challenge.provider_scope.as_str(),
        &return_to,
    ];
    (format!("{VERSION}|{id}|{number}|{attempts}"), after.join("|"))
}

pub(crate) fn read_challenge(
    login: LoginId,
    scope: Scope,
    record: &str,
    used: &str,
) -> Result<Challenge, StoreError> {
    read_challenge_parts(login, scope, record, used).ok_or_else(|| unreadable("a challenge"))
}

fn read_challenge_parts(login: LoginId, scope: Scope, record: &str, used: &str) -> Option<Challenge> {
    let mut parts = record.splitn(11, '|');
    if parts.next()? != VERSION {
        return None;
    }
    let id = ChallengeId::from_bytes(unhex(parts.next()?)?);
    let number = unhex(parts.next()?)?;
    let (attempts, attempts_used) = (parts.next()?.parse().ok()?, used.parse().ok()?);
    let (sent_at, expires_at) = (read_time(parts.next()?)?, read_time(parts.next()?)?);
    let method = parts.next()?.parse::<Method>().ok()?;
    let resend_at = read_time(parts.next()?)?;
    let last_two = parts.next()?;
    let provider_scope = ProviderScope::from_stored(parts.next()?);
    let return_to = match parts.next()? {
        "" => None,
        signed => Some(signed.strip_prefix('+')?.to_owned()),
    };
    Some(
        Challenge::new(id, login, scope, None, method, provider_scope)
            .with_number(number, last_two)
            .with_times(sent_at, expires_at, resend_at)
            .with_attempts(attempts, attempts_used)
            .with_return_to(return_to),
    )
}

/// Reads the parts of a spent challenge, which the scripts take from its field: the challenge, the number of
/// its attempts, the grant that it became, and the grant's nonce.
pub(crate) fn read_repeat(
    key: &Key<'_>,
    [challenge, used, grant, nonce]: [&str; 4],
) -> Result<Repeat, StoreError> {
    let challenge = read_challenge(*key.login, *key.scope, challenge, used)?;
    let grant = read_grant(grant)?;
    let nonce = unhex(nonce).map(GrantNonce::from_bytes).ok_or_else(|| unreadable("a nonce"))?;
    Ok(Repeat::new(challenge, grant, nonce))
}

/// Reads the session and scope of a field.
pub(crate) fn read_place(place: &str) -> Result<(LoginId, Scope), StoreError> {
    let parts = place
        .split_once(':')
        .and_then(|(login, scope)| Some((LoginId::from_bytes(unhex(login)?), Scope::new(scope).ok()?)));
    parts.ok_or_else(|| unreadable("a session and scope"))
}

/// Rejects a key with an approval.
pub(crate) fn unbound(key: &Key<'_>) -> Result<(), StoreError> {
    if key.approval.is_none() { Ok(()) } else { Err(not_yet()) }
}

/// Error for every verb of bound actions, which this store does not keep yet.
pub(crate) fn not_yet() -> StoreError {
    StoreError::new("the Redis store does not keep bound actions yet")
}

pub(crate) fn read_lock(lock: &str) -> Result<Lock, StoreError> {
    match lock {
        "open" => Ok(Lock::Unlocked),
        "disabled" => Ok(Lock::Disabled),
        until => read_time(until).map(Lock::Until).ok_or_else(|| unreadable("a lock")),
    }
}

pub(crate) fn read_timestamp(text: &str) -> Result<Timestamp, StoreError> {
    read_time(text).ok_or_else(|| unreadable("a time"))
}

pub(crate) fn read_count<N: std::str::FromStr>(text: &str) -> Result<N, StoreError> {
    text.parse().map_err(|_| unreadable("a count"))
}

pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::new(format!("{what} in Redis cannot be read: something else wrote it, or another version"))
}

fn read_time(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use mfakit_core::Channel;

    use super::*;

    fn grant(binding: Binding) -> GrantRecord {
        let (verified_at, expires_at) = (Timestamp::from_millis(1_000), Timestamp::from_millis(2_000));
        GrantRecord::new(binding, verified_at, expires_at, Channel::Voice, None)
    }

    fn challenge(return_to: Option<&str>) -> Challenge {
        let (id, login) = (ChallengeId::from_bytes([1; 32]), LoginId::from_bytes([2; 16]));
        let (scope, at) = (Scope::new("pay").unwrap(), Timestamp::from_millis);
        let provider_scope = ProviderScope::from_stored("pay-aaaaaaaaaaaaaaaa");
        Challenge::new(id, login, scope, None, Channel::Messaging, provider_scope)
            .with_number([3; 32], "34")
            .with_times(at(1), at(2), at(3))
            .with_attempts(5, 2)
            .with_return_to(return_to.map(str::to_owned))
    }

    #[test]
    fn written_records_are_read_back() {
        for binding in [Binding::Bearer, Binding::Cookie(TokenHash::from_bytes([9; 32]))] {
            assert_eq!(read_grant(&write_grant(&grant(binding))).unwrap(), grant(binding));
        }
        for return_to in [None, Some(""), Some("signed|with+bars")] {
            let (written, scope) = (challenge(return_to), Scope::new("pay").unwrap());
            let (before, after) = challenge_parts(&written);
            let record = format!("{before}|1|2|{after}");
            let read = read_challenge(written.login, scope, &record, "2").unwrap();
            assert_eq!(format!("{read:?}"), format!("{written:?}"));
            assert_eq!(
                (read.id, read.number, read.return_to),
                (written.id, written.number, written.return_to)
            );
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        let good = write_grant(&grant(Binding::Bearer));
        for bad in [
            String::new(),
            "garbage".to_owned(),
            good.replacen('1', "2", 1),
            good.replace("voice", "email"),
            good.replace("bearer", "cookie"),
            good.replace("1000", "-1000"),
            good.replace("1000", "+1000"),
            good.replace("1000", ""),
            format!("{good}|"),
            format!("{good}00"),
        ] {
            assert!(read_grant(&bad).is_err(), "{bad:?}");
        }
        let scope = Scope::new("pay").unwrap();
        for bad in ["", "2|", "1|00|", "1|zz"] {
            assert!(read_challenge(LoginId::from_bytes([0; 16]), scope, bad, "0").is_err(), "{bad:?}");
        }
        assert!(read_lock("shut").is_err() && read_place("x:pay").is_err() && read_place("").is_err());
    }
}
