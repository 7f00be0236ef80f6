//! Verbs on everything of one user.

use mfakit_core::{
    ChallengeId, Timestamp, UserGrants, UserId, UserLedger,
    store::{
        AttemptReservation, BoundGrants, Challenge, ConsumeOutcome, FindRepeat, GrantRecord, KeepAction,
        Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup,
        ReserveAttempt, ReserveSend, Revocation, SendReservation, StoreError, StoreProbe, UserState,
    },
};

use crate::{
    database::Database,
    stored::{Change, Replacement, Stored},
};

use super::ledger::{change_user, of_user};

/// Sets the time of a request to that of the read.
macro_rules! at {
    ($request:ident, $stored:ident) => {{
        let mut request = $request;
        request.now = $stored.now;
        request
    }};
}

pub(crate) async fn grant(database: &Database, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
    Ok(grants(database, key.user).await?.grant(key))
}

pub(crate) async fn bound_grants(database: &Database, key: Key<'_>) -> Result<BoundGrants, StoreError> {
    Ok(grants(database, key.user).await?.bound_grants(key))
}

async fn grants(database: &Database, user: &UserId) -> Result<UserGrants, StoreError> {
    UserGrants::read(database.read_grants(user).await?.as_deref())
}

pub(crate) async fn keep_action(database: &Database, request: KeepAction<'_>) -> Result<Kept, StoreError> {
    let verb = |stored: &Stored<'_>| {
        // The lifetime starts by the clock that later verbs judge it by.
        let (start, lifetime) = (database.start(request.action.kept_at, stored), request.action.lifetime());
        let action = request.action.clone().with_times(start, start + lifetime);
        let request = KeepAction::new(request.key, &action, request.rule, stored.now);
        change_user(stored, |ledger| ledger.keep_action(request))
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn actions(
    database: &Database,
    key: Key<'_>,
    now: Timestamp,
) -> Result<Vec<KeptAction>, StoreError> {
    let stored = database.read_user(key.user, now).await?;
    Ok(of_user(&stored)?.actions(key, stored.now))
}

pub(crate) async fn is_consumed(
    database: &Database,
    key: Key<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stored = database.read_user(key.user, now).await?;
    Ok(of_user(&stored)?.is_consumed(key, stored.now))
}

pub(crate) async fn user_state(
    database: &Database,
    user: &UserId,
    now: Timestamp,
) -> Result<UserState, StoreError> {
    let stored = database.read_user(user, now).await?;
    Ok(of_user(&stored)?.user_state(stored.now))
}

pub(crate) async fn reserve_send(
    database: &Database,
    request: ReserveSend<'_>,
) -> Result<SendReservation, StoreError> {
    let verb = |stored: &Stored<'_>| {
        let request = at!(request, stored);
        change_user(stored, |ledger| Ok(ledger.reserve_send(request)))
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn release_send(
    database: &Database,
    user: &UserId,
    challenge: &ChallengeId,
) -> Result<(), StoreError> {
    change(database, user, |ledger| ledger.release_send(challenge)).await
}

pub(crate) async fn open_challenge(
    database: &Database,
    user: &UserId,
    challenge: &Challenge,
) -> Result<OpenOutcome, StoreError> {
    let verb = |stored: &Stored<'_>| {
        // The lifetime starts by the clock that later verbs judge it by.
        let (start, lifetime) =
            (database.start(challenge.sent_at, stored), challenge.expires_at.since(challenge.sent_at));
        let challenge = challenge.clone().with_times(start, start + lifetime, challenge.resend_at);
        change_user(stored, |ledger| Ok(ledger.open_challenge(&challenge)))
    };
    database.change_user(user, challenge.sent_at, verb).await
}

pub(crate) async fn reserve_attempt(
    database: &Database,
    request: ReserveAttempt<'_>,
) -> Result<AttemptReservation, StoreError> {
    let verb = |stored: &Stored<'_>| {
        let request = at!(request, stored);
        change_user(stored, |ledger| Ok(ledger.reserve_attempt(request)))
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn release_attempt(
    database: &Database,
    request: ReleaseAttempt<'_>,
) -> Result<(), StoreError> {
    let verb = |stored: &Stored<'_>| {
        let request = at!(request, stored);
        change_user(stored, |ledger| {
            ledger.release_attempt(request);
            Ok(())
        })
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn redeem(database: &Database, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
    let verb = |stored: &Stored<'_>| {
        let request = at!(request, stored);
        change_user(stored, |ledger| ledger.redeem(request))
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn find_repeat(
    database: &Database,
    request: FindRepeat<'_>,
) -> Result<RepeatLookup, StoreError> {
    let verb = |stored: &Stored<'_>| {
        let request = at!(request, stored);
        change_user(stored, |ledger| Ok(ledger.find_repeat(request)))
    };
    database.change_user(request.key.user, request.now, verb).await
}

pub(crate) async fn consume(
    database: &Database,
    key: Key<'_>,
    grant: &GrantRecord,
    now: Timestamp,
) -> Result<ConsumeOutcome, StoreError> {
    let verb = |stored: &Stored<'_>| change_user(stored, |ledger| Ok(ledger.consume(key, grant, stored.now)));
    database.change_user(key.user, now, verb).await
}

/// Revokes. If the row of the user cannot be read, all its grants end, whatever was to be revoked, and the rest stays for
/// the error to be found.
pub(crate) async fn revoke(
    database: &Database,
    user: &UserId,
    revocation: Revocation,
) -> Result<(), StoreError> {
    let verb = |stored: &Stored<'_>| {
        let revoke = |ledger: &mut UserLedger| {
            ledger.revoke(revocation);
            Ok(())
        };
        Ok(match change_user(stored, revoke) {
            Ok(((), replacement)) => (Ok(()), replacement),
            Err(error) => {
                let columns = vec![Change::Clear, Change::Keep, Change::Keep];
                (Err(error), Some(Replacement { columns, sweep_at: None }))
            }
        })
    };
    database.change_user(user, Timestamp::default(), verb).await?
}

pub(crate) async fn unlock(database: &Database, user: &UserId) -> Result<(), StoreError> {
    change(database, user, UserLedger::unlock).await
}

/// Reads the row of a user that does not exist, with the database's own time if the store goes by it.
pub(crate) async fn probe(database: &Database, now: Timestamp) -> Result<StoreProbe, StoreError> {
    let stored = database.read_user(&UserId::from("mfakit probe"), now).await?;
    Ok(if database.has_clock() { StoreProbe::new().time(stored.now) } else { StoreProbe::new() })
}

/// Applies a verb that has no time and no answer.
async fn change(
    database: &Database,
    user: &UserId,
    verb: impl Fn(&mut UserLedger),
) -> Result<(), StoreError> {
    let verb = |stored: &Stored<'_>| {
        change_user(stored, |ledger| {
            verb(ledger);
            Ok(())
        })
    };
    database.change_user(user, Timestamp::default(), verb).await
}
