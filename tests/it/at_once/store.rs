//! Store that answers its reads at once or later, and fails if a test wants it to.

use std::{
    panic::resume_unwind,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use mfakit::{
    ChallengeId, MemoryStore, MfaStore, Timestamp, UserId,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, UserState,
    },
};

use super::When;

/// Way in which a read fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    Nothing,
    Fails,
    Panics,
}

/// Store that answers its reads at once or later. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct SwitchStore {
    store: Arc<MemoryStore>,
    reads: When,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    fault: Fault,
    reads: usize,
}

impl SwitchStore {
    pub(crate) fn new(reads: When) -> Self {
        Self { store: Arc::default(), reads, state: Arc::default() }
    }

    pub(crate) fn break_with(&self, fault: Fault) {
        self.state.lock().unwrap().fault = fault;
    }

    /// Returns the number of reads.
    pub(crate) fn reads(&self) -> usize {
        self.state.lock().unwrap().reads
    }

    pub(crate) fn forget_reads(&self) {
        self.state.lock().unwrap().reads = 0;
    }

    fn read(&self) -> Result<(), StoreError> {
        let fault = {
            let mut state = self.state.lock().unwrap();
            state.reads += 1;
            state.fault
        };
        match fault {
            Fault::Nothing => Ok(()),
            Fault::Fails => Err(StoreError::new("down for the test")),
            // Like a panic, but without output on stderr.
            Fault::Panics => resume_unwind(Box::new("for the test")),
        }
    }
}

#[async_trait]
impl MfaStore for SwitchStore {
    fn sharing(&self) -> Sharing {
        self.store.sharing()
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        if self.reads == When::Later {
            tokio::task::yield_now().await;
        }
        self.read()?;
        self.store.grant(key).await
    }

    fn grant_at_once(&self, key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
        match self.reads {
            When::AtOnce => Some(self.read().and_then(|()| self.store.grant_at_once(key).unwrap())),
            When::Later => None,
        }
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        if self.reads == When::Later {
            tokio::task::yield_now().await;
        }
        self.read()?;
        self.store.bound_grants(key).await
    }

    fn bound_grants_at_once(&self, key: Key<'_>) -> Option<Result<BoundGrants, StoreError>> {
        match self.reads {
            When::AtOnce => Some(self.read().and_then(|()| self.store.bound_grants_at_once(key).unwrap())),
            When::Later => None,
        }
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.store.keep_action(request).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        self.store.actions(key, now).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        self.store.is_consumed(key, now).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        self.store.user_state(user, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.store.reserve_send(request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.store.release_send(user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.store.open_challenge(user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.store.reserve_attempt(request).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.store.release_attempt(request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.store.redeem(request).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.store.find_repeat(request).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        self.store.consume(key, grant, now).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.store.revoke(user, what).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.store.unlock(user).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        self.store.reserve_budget(request).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.store.exhausted_until(budget, limits, now).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.settle_budget(budget, change, now).await
    }
}
