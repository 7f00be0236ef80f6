//! Records: a version, then the parts between bars. They are read back strictly. A record that cannot be read is an
//! error, never an absence.

use std::time::Duration;

use mfakit_core::{
    ChallengeId, Timestamp,
    provider::ProviderScope,
    store::{
        ActionDigest, Approval, ApprovalId, Binding, Challenge, GrantNonce, GrantRecord, Key, Lock, Method,
        Repeat, StoreError, TokenHash,
    },
};

use crate::{
    names::{hex, unhex},
    place::Place,
};

/// Version of every record but those that are bound to an action.
pub(crate) const VERSION: &str = "1";

/// Version of an action, and of a grant that is bound to one. A release that reads version 1 only rejects it.
pub(crate) const BOUND_VERSION: &str = "2";

/// Returns the two parts of a grant's record that state its binding: one before its times, one after them.
pub(crate) fn binding_parts(binding: &Binding) -> (&'static str, String) {
    match binding {
        Binding::Cookie(hash) => ("cookie", hex(hash.as_bytes())),
        Binding::Bearer => ("bearer", String::new()),
    }
}

/// Returns the record of a grant: `1|binding|method|verified at|expires at|token`, or
/// `2|binding|method|verified at|expires at|token|digest` if it is bound to an action.
pub(crate) fn write_grant(grant: &GrantRecord) -> String {
    let (binding, token) = binding_parts(&grant.binding);
    let (verified_at, expires_at) = (grant.verified_at.as_millis(), grant.expires_at.as_millis());
    let terms = format!("{binding}|{}|{verified_at}|{expires_at}|{token}", grant.method);
    match grant.approval {
        None => format!("{VERSION}|{terms}"),
        Some(approval) => format!("{BOUND_VERSION}|{terms}|{}", approval.digest),
    }
}

/// Reads the grant of an approval, or an unbound one. The record of one is never read as the other.
pub(crate) fn read_grant(approval: Option<&ApprovalId>, record: &str) -> Result<GrantRecord, StoreError> {
    read_grant_parts(approval, record).ok_or_else(|| unreadable("a grant"))
}

fn read_grant_parts(approval: Option<&ApprovalId>, record: &str) -> Option<GrantRecord> {
    let mut parts = record.split('|');
    if parts.next()? != approval.map_or(VERSION, |_| BOUND_VERSION) {
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
    let approval = match approval {
        Some(id) => Some(Approval::new(*id, ActionDigest::from_bytes(unhex(parts.next()?)?))),
        None => None,
    };
    parts.next().is_none().then_some(GrantRecord::new(binding, verified_at, expires_at, method, approval))
}

/// Returns the record of a challenge in two pieces, without the two times between them:
/// `1|challenge|number|attempts|sent at|expires at|method|resend at|last two|provider's scope|+return`.
///
/// A bound challenge has the same record. Its place contains the approval, and the record of its action the digest.
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

/// Reads the challenge of a key. The digest is empty if the key has no approval.
pub(crate) fn challenge_of(
    key: &Key<'_>,
    digest: &str,
    record: &str,
    used: &str,
) -> Result<Challenge, StoreError> {
    let approval = match (key.approval, digest) {
        (None, "") => None,
        (Some(id), digest) => {
            let digest = unhex(digest).ok_or_else(|| unreadable("a digest"))?;
            Some(Approval::new(*id, ActionDigest::from_bytes(digest)))
        }
        (None, _) => return Err(unreadable("an answer")),
    };
    read_challenge(&Place::of(key), approval, record, used)
}

/// Reads the challenge at a place. It gives this approval.
pub(crate) fn read_challenge(
    place: &Place,
    approval: Option<Approval>,
    record: &str,
    used: &str,
) -> Result<Challenge, StoreError> {
    read_challenge_parts(place, approval, record, used).ok_or_else(|| unreadable("a challenge"))
}

fn read_challenge_parts(
    place: &Place,
    approval: Option<Approval>,
    record: &str,
    used: &str,
) -> Option<Challenge> {
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
        Challenge::new(id, place.login, place.scope, approval, method, provider_scope)
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
    let grant = read_grant(key.approval, grant)?;
    let challenge = read_challenge(&Place::of(key), grant.approval, challenge, used)?;
    let nonce = unhex(nonce).map(GrantNonce::from_bytes).ok_or_else(|| unreadable("a nonce"))?;
    Ok(Repeat::new(challenge, grant, nonce))
}

/// Reads the session, the scope and the approval of a field.
pub(crate) fn read_place(field: &str) -> Result<Place, StoreError> {
    Place::read(field).ok_or_else(|| unreadable("a session and scope"))
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

pub(crate) fn read_millis(text: &str) -> Result<Duration, StoreError> {
    read_digits(text).map(Duration::from_millis).ok_or_else(|| unreadable("a time"))
}

pub(crate) fn read_count<N: std::str::FromStr>(text: &str) -> Result<N, StoreError> {
    text.parse().map_err(|_| unreadable("a count"))
}

pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::new(format!("{what} in Redis cannot be read: something else wrote it, or another version"))
}

pub(crate) fn read_time(text: &str) -> Option<Timestamp> {
    read_digits(text).map(Timestamp::from_millis)
}

/// Reads a number that is written with digits alone. `parse` accepts a sign as well.
pub(crate) fn read_digits<N: std::str::FromStr>(text: &str) -> Option<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use mfakit_core::{Channel, LoginId, Scope};

    use super::*;

    const ID: ApprovalId = ApprovalId::from_bytes([6; 16]);

    fn approval() -> Approval {
        Approval::new(ID, ActionDigest::from_bytes([7; 32]))
    }

    fn grant(binding: Binding, approval: Option<Approval>) -> GrantRecord {
        let (verified_at, expires_at) = (Timestamp::from_millis(1_000), Timestamp::from_millis(2_000));
        GrantRecord::new(binding, verified_at, expires_at, Channel::Voice, approval)
    }

    fn challenge(return_to: Option<&str>, approval: Option<Approval>) -> Challenge {
        let (id, login) = (ChallengeId::from_bytes([1; 32]), LoginId::from_bytes([2; 16]));
        let (scope, at) = (Scope::new("pay").unwrap(), Timestamp::from_millis);
        let provider_scope = ProviderScope::from_stored("pay-aaaaaaaaaaaaaaaa");
        Challenge::new(id, login, scope, approval, Channel::Messaging, provider_scope)
            .with_number([3; 32], "34")
            .with_times(at(1), at(2), at(3))
            .with_attempts(5, 2)
            .with_return_to(return_to.map(str::to_owned))
    }

    #[test]
    fn written_records_are_read_back() {
        for binding in [Binding::Bearer, Binding::Cookie(TokenHash::from_bytes([9; 32]))] {
            assert_eq!(read_grant(None, &write_grant(&grant(binding, None))).unwrap(), grant(binding, None));
            let bound = grant(binding, Some(approval()));
            assert_eq!(read_grant(Some(&ID), &write_grant(&bound)).unwrap(), bound);
        }
        let return_to = [None, Some(""), Some("signed|with+bars")];
        for (return_to, approval) in return_to.into_iter().zip([None, Some(approval()), None]) {
            let written = challenge(return_to, approval);
            let (before, after) = challenge_parts(&written);
            let record = format!("{before}|1|2|{after}");
            let place =
                Place { login: written.login, scope: written.scope, approval: approval.map(|it| it.id) };
            let read = read_challenge(&place, approval, &record, "2").unwrap();
            assert_eq!(format!("{read:?}"), format!("{written:?}"));
            assert_eq!(
                (read.id, read.number, read.return_to),
                (written.id, written.number, written.return_to)
            );
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        let good = write_grant(&grant(Binding::Bearer, None));
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
            assert!(read_grant(None, &bad).is_err(), "{bad:?}");
            assert!(read_grant(Some(&ID), &bad).is_err(), "{bad:?}");
        }
        // Neither kind of grant is read as the other.
        let bound = write_grant(&grant(Binding::Bearer, Some(approval())));
        assert!(read_grant(Some(&ID), &good).is_err() && read_grant(None, &bound).is_err());
        for bad in [
            bound.replacen('2', "1", 1),
            bound.replacen('2', "3", 1),
            bound.replace("voice", "passkey"),
            bound.replace("07", "zz"),
            bound.replacen("|07", "|", 1),
            format!("{bound}|"),
        ] {
            assert!(read_grant(Some(&ID), &bad).is_err(), "{bad:?}");
        }
        let scope = Scope::new("pay").unwrap();
        for bad in ["", "2|", "1|00|", "1|zz"] {
            let place = Place { login: LoginId::from_bytes([0; 16]), scope, approval: None };
            assert!(read_challenge(&place, None, bad, "0").is_err(), "{bad:?}");
        }
        assert!(read_lock("shut").is_err() && read_place("x:pay").is_err() && read_place("").is_err());
    }
}
