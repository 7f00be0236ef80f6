//! Store on Redis. Each verb is one command.

use std::fmt;

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, Clock, MfaStore, Timestamp, UserId,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, StoreProbe, UserState,
    },
};

use crate::{
    connection::Connection,
    database::Database,
    names::Names,
    probe::probe,
    scripts::Scripts,
    verbs::{actions, attempts, budgets, grants, sends, users},
};

/// Store in Redis, which all instances of an app share. The [crate documentation](crate) explains how to run Redis for it.
///
/// ```no_run
/// use mfakit_core::{Mfa, MfaProvider, PhoneNumber, Secret, UserId};
/// use mfakit_redis::RedisStore;
///
/// # async fn example(provider: impl MfaProvider, secret: Secret) -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("rediss://mfakit:password@redis.example:6380/0").await?;
/// let mfa = Mfa::builder(provider, "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .secret(secret) // The same on every instance.
///     .store(store)
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub struct RedisStore(Database);

impl RedisStore {
    pub(crate) fn new(connection: Connection, names: Names, clock: Option<Box<dyn Clock>>) -> Self {
        Self(Database { connection, names, scripts: Scripts::new(), clock })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("names", &self.0.names).finish_non_exhaustive()
    }
}

#[async_trait]
impl MfaStore for RedisStore {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        grants::grant(&self.0, key).await
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        grants::bound_grants(&self.0, key).await
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        actions::keep_action(&self.0, request).await
    }

    async fn actions(&self, key: Key<'_>, _: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        actions::actions(&self.0, key).await
    }

    async fn is_consumed(&self, key: Key<'_>, _: Timestamp) -> Result<bool, StoreError> {
        actions::is_consumed(&self.0, key).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        users::user_state(&self.0, user, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        sends::reserve_send(&self.0, request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        sends::release_send(&self.0, user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        sends::open_challenge(&self.0, user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        attempts::reserve_attempt(&self.0, request).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        attempts::release_attempt(&self.0, request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        grants::redeem(&self.0, request).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        attempts::find_repeat(&self.0, request).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        _now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        grants::consume(&self.0, key, grant).await
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        grants::revoke(&self.0, user, revocation).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        users::unlock(&self.0, user).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        budgets::reserve_budget(&self.0, request).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        _: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        budgets::exhausted_until(&self.0, budget, limits).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        budgets::settle_budget(&self.0, budget, change).await
    }

    async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
        self.user_state(&UserId::from("mfakit probe"), now).await?;
        Ok(probe(&self.0.connection, self.0.clock.as_deref()).await)
    }
}
