//! Store in the app's database. Each verb reads one row, and writes it back in one statement.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, Clock, MfaStore, SystemClock, Timestamp, UserId,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, StoreProbe, UserState,
    },
};

use crate::{
    database::Database,
    verbs::{budgets, users},
};

/// Store in the database that the app already has, on the app's own pool. All instances of the app share it, and clones are
/// the same store. The [crate documentation](crate) explains how it works.
#[derive(Clone)]
pub struct SqlStore(Arc<Database>);

impl SqlStore {
    pub(crate) fn new(database: Database) -> Self {
        Self(Arc::new(database))
    }

    /// Deletes all rows that no longer count, in small batches with pauses, and returns their number.
    ///
    /// The store does this by itself about once a minute while it writes, in a task of its own. Call it to free space
    /// after a long time without a write. The time is that of the database on PostgreSQL, and that of this machine on SQLite.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer. The rows that were deleted by then stay deleted.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let now = self.0.clock.as_ref().map_or_else(|| SystemClock.now(), |clock| clock.now());
        self.0.sweeper.sweep(now).await
    }

    /// Returns the pool and the rows, for books and tasks that outlive a call.
    pub(crate) const fn shared(&self) -> &Arc<Database> {
        &self.0
    }

    /// Returns the rows, for the verbs.
    pub(crate) fn database(&self) -> &Database {
        &self.0
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").field("database", &self.0.connection.pool).finish_non_exhaustive()
    }
}

#[async_trait]
impl MfaStore for SqlStore {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        users::grant(self.database(), key).await
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        users::bound_grants(self.database(), key).await
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        users::keep_action(self.database(), request).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        users::actions(self.database(), key, now).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        users::is_consumed(self.database(), key, now).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        users::user_state(self.database(), user, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        users::reserve_send(self.database(), request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        users::release_send(self.database(), user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        users::open_challenge(self.database(), user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        users::reserve_attempt(self.database(), request).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        users::release_attempt(self.database(), request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        users::redeem(self.database(), request).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        users::find_repeat(self.database(), request).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        users::consume(self.database(), key, grant, now).await
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        users::revoke(self.database(), user, revocation).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        users::unlock(self.database(), user).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        budgets::reserve_budget(self.database(), request).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        budgets::exhausted_until(self.database(), budget, limits, now).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        budgets::settle_budget(self.database(), budget, change, now).await
    }

    async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
        users::probe(self.database(), now).await
    }
}
