//! Store in the app's database. Each verb reads one row, and writes it back in one statement.

use std::fmt;

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, MfaStore, Timestamp, UserId,
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

/// Store in the database that the app already has, which all its instances share. The [crate documentation](crate) explains
/// how it works.
pub struct SqlStore(Database);

impl SqlStore {
    pub(crate) const fn new(database: Database) -> Self {
        Self(database)
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl MfaStore for SqlStore {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        users::grant(&self.0, key).await
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        users::bound_grants(&self.0, key).await
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        users::keep_action(&self.0, request).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        users::actions(&self.0, key, now).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        users::is_consumed(&self.0, key, now).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        users::user_state(&self.0, user, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        users::reserve_send(&self.0, request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        users::release_send(&self.0, user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        users::open_challenge(&self.0, user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        users::reserve_attempt(&self.0, request).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        users::release_attempt(&self.0, request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        users::redeem(&self.0, request).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        users::find_repeat(&self.0, request).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        users::consume(&self.0, key, grant, now).await
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        users::revoke(&self.0, user, revocation).await
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
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        budgets::exhausted_until(&self.0, budget, limits, now).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        budgets::settle_budget(&self.0, budget, change, now).await
    }

    async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
        users::probe(&self.0, now).await
    }
}
