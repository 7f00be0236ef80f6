//! Store that keeps the bytes of ledgers in two tables and changes a row only if it is what was read, like a store on a
//! database without scripts.

use std::{collections::HashMap, hash::Hash, sync::Mutex};

use async_trait::async_trait;
use mfakit_core::{
    BudgetLedger, ChallengeId, MfaStore, Timestamp, UserBytes, UserGrants, UserId, UserLedger,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, UserState,
    },
};

/// Store of ledgers.
#[derive(Debug, Default)]
pub(crate) struct LedgerStore {
    users: Table<UserId, UserBytes>,
    budgets: Table<Budget, Vec<u8>>,
}

/// Table whose rows are compared and exchanged.
#[derive(Debug)]
struct Table<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone + PartialEq> Table<K, V> {
    fn read(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap().get(key).cloned()
    }

    /// Writes a row if it is what was read. Returns whether it was.
    fn exchange(&self, key: &K, read: Option<&V>, written: Option<V>) -> bool {
        let mut rows = self.0.lock().unwrap();
        if rows.get(key) != read {
            return false;
        }
        match written {
            Some(row) => rows.insert(key.clone(), row),
            None => rows.remove(key),
        };
        true
    }
}

impl LedgerStore {
    pub(crate) fn records(&self) -> usize {
        self.users.0.lock().unwrap().len() + self.budgets.0.lock().unwrap().len()
    }

    fn of(&self, user: &UserId, now: Timestamp) -> Result<UserLedger, StoreError> {
        UserLedger::read(&self.users.read(user).unwrap_or_default(), now)
    }

    /// Applies a verb until no other comes between.
    async fn change<T>(
        &self,
        user: &UserId,
        now: Timestamp,
        verb: impl Fn(&mut UserLedger) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<T, StoreError> {
        loop {
            let read = self.users.read(user);
            let mut ledger = UserLedger::read(&read.clone().unwrap_or_default(), now)?;
            let answer = verb(&mut ledger)?;
            tokio::task::yield_now().await;
            let written = Some(ledger.write()).filter(|bytes| *bytes != UserBytes::default());
            if self.users.exchange(user, read.as_ref(), written) {
                return Ok(answer);
            }
        }
    }

    async fn change_budget<T>(
        &self,
        budget: &Budget,
        now: Timestamp,
        verb: impl Fn(&mut BudgetLedger) -> T + Send + Sync,
    ) -> Result<T, StoreError> {
        loop {
            let read = self.budgets.read(budget);
            let mut ledger = BudgetLedger::read(read.as_deref(), now)?;
            let answer = verb(&mut ledger);
            tokio::task::yield_now().await;
            if self.budgets.exchange(budget, read.as_ref(), ledger.write()) {
                return Ok(answer);
            }
        }
    }
}

#[async_trait]
impl MfaStore for LedgerStore {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        let bytes = self.users.read(key.user).unwrap_or_default();
        Ok(UserGrants::read(bytes.grants.as_deref())?.grant(key))
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        let bytes = self.users.read(key.user).unwrap_or_default();
        Ok(UserGrants::read(bytes.grants.as_deref())?.bound_grants(key))
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.change(request.key.user, request.now, |ledger| ledger.keep_action(request)).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        Ok(self.of(key.user, now)?.actions(key, now))
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.of(key.user, now)?.is_consumed(key, now))
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        Ok(self.of(user, now)?.user_state(now))
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.change(request.key.user, request.now, |ledger| Ok(ledger.reserve_send(request))).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.change(user, Timestamp::default(), |ledger| Ok(ledger.release_send(challenge))).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.change(user, challenge.sent_at, |ledger| Ok(ledger.open_challenge(challenge))).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.change(request.key.user, request.now, |ledger| Ok(ledger.reserve_attempt(request))).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.change(request.key.user, request.now, |ledger| Ok(ledger.release_attempt(request))).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.change(request.key.user, request.now, |ledger| ledger.redeem(request)).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.change(request.key.user, request.now, |ledger| Ok(ledger.find_repeat(request))).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        self.change(key.user, now, |ledger| Ok(ledger.consume(key, grant, now))).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.change(user, Timestamp::default(), |ledger| Ok(ledger.revoke(what))).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.change(user, Timestamp::default(), |ledger| Ok(ledger.unlock())).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        self.change_budget(request.budget, request.now, |ledger| ledger.reserve(request)).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let ledger = BudgetLedger::read(self.budgets.read(budget).as_deref(), now)?;
        Ok(ledger.exhausted_until(limits, now))
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change_budget(budget, now, |ledger| ledger.settle(change, now)).await
    }
}
