//! Store that keeps the bytes of ledgers in two tables and changes a row only if it is what was read, like a store on a
//! database without scripts.

use std::{collections::HashMap, hash::Hash, sync::Mutex, time::Duration};

use async_trait::async_trait;
use mfakit_core::{
    BudgetLedger, ChallengeId, MfaStore, Timestamp, UserBytes, UserGrants, UserId, UserLedger,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, GrantState, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem,
        RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, UserState,
    },
};

/// Way in which a store on a database without scripts goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RowFault {
    #[default]
    Nothing,
    /// `UPDATE` without the version that was read: the last of two writes wins.
    WritesWithoutComparing,
    /// `INSERT … ON CONFLICT DO UPDATE`: the last of two first writes wins.
    InsertsOverRows,
    /// A write that lost is sent again with the new version, and with the old decision.
    RetriesTheOldDecision,
    /// Only the rows of users are compared.
    CountsBudgetsWithoutComparing,
    /// Guards read from a replica, which lacks the last write.
    ReadsGrantsFromAReplica,
    /// The identifier has a collation that ignores case.
    IgnoresCase,
    /// The identifier is a `CHAR(n)`.
    IgnoresSpacesAtTheEnd,
    /// The identifier is cut to the width of its column.
    CutsLongIdentifiers,
    /// The identifier ends at a zero byte.
    CutsAtAZeroByte,
    /// Times are a `timestamp(0)`, which rounds to the nearest second.
    KeepsWholeSeconds,
    /// Rows are swept by a clock in another time zone.
    SweepsAnHourEarly,
    /// Rows are swept by a comparison the wrong way round.
    SweepsTheLiving,
    /// The end of a row that never ends becomes a negative number.
    SweepsTheDisabled,
    /// A row with nothing in it stays.
    KeepsEmptyRows,
    /// The transaction of a use is rolled back, and its answer is given all the same.
    RollsConsumptionBack,
    /// A revocation deletes grants, and no challenges.
    RevokesGrantsAlone,
    /// The scope is missing in the `WHERE` of a grant.
    IgnoresTheScope,
    /// The approval is missing in the `WHERE` of a grant.
    IgnoresTheApproval,
    /// The grant and the code are written apart, and the code stays.
    RedeemsWithoutEndingTheCode,
}

/// Store of ledgers.
#[derive(Debug, Default)]
pub(crate) struct LedgerStore {
    fault: RowFault,
    users: Table<String, UserBytes>,
    /// Rows as they were before their last write.
    replica: Mutex<HashMap<String, UserBytes>>,
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

    /// Writes a row if it is what was read, or if this is not compared. Returns whether it was written.
    fn exchange(&self, key: &K, read: Option<&V>, written: Option<V>, compares: bool) -> bool {
        let mut rows = self.0.lock().unwrap();
        if compares && rows.get(key) != read {
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
    pub(crate) fn with(fault: RowFault) -> Self {
        Self { fault, ..Self::default() }
    }

    pub(crate) fn records(&self) -> usize {
        self.users.0.lock().unwrap().len() + self.budgets.0.lock().unwrap().len()
    }

    fn row_of(&self, user: &UserId) -> String {
        let user = user.as_str();
        match self.fault {
            RowFault::IgnoresCase => user.to_lowercase(),
            RowFault::IgnoresSpacesAtTheEnd => user.trim_end().to_owned(),
            RowFault::CutsLongIdentifiers => user.chars().take(255).collect(),
            RowFault::CutsAtAZeroByte => user.split('\0').next().unwrap_or_default().to_owned(),
            _ => user.to_owned(),
        }
    }

    fn time(&self, now: Timestamp) -> Timestamp {
        match self.fault {
            RowFault::KeepsWholeSeconds => Timestamp::from_millis((now.as_millis() + 500) / 1000 * 1000),
            _ => now,
        }
    }

    /// Lets others come between a read and its write, so long that a fault in comparing them shows.
    async fn pause(&self) {
        match self.fault {
            RowFault::WritesWithoutComparing
            | RowFault::InsertsOverRows
            | RowFault::RetriesTheOldDecision
            | RowFault::CountsBudgetsWithoutComparing => tokio::time::sleep(Duration::from_millis(2)).await,
            _ => tokio::task::yield_now().await,
        }
    }

    /// Reads a row, unless a faulty sweep has deleted it.
    fn read(&self, user: &UserId, now: Timestamp) -> Option<UserBytes> {
        let is_swept = |ends_at: Timestamp| match self.fault {
            RowFault::SweepsAnHourEarly => ends_at < now + Duration::from_secs(60 * 60),
            RowFault::SweepsTheLiving => now < ends_at,
            RowFault::SweepsTheDisabled => i64::try_from(ends_at.as_millis()).is_err(),
            _ => false,
        };
        self.users.read(&self.row_of(user)).filter(|row| !row.ends_at.is_some_and(is_swept))
    }

    fn of(&self, user: &UserId, now: Timestamp) -> Result<UserLedger, StoreError> {
        UserLedger::read(&self.read(user, now).unwrap_or_default(), self.time(now))
    }

    fn grants(&self, user: &UserId) -> Result<UserGrants, StoreError> {
        let row = match self.fault {
            RowFault::ReadsGrantsFromAReplica => self.replica.lock().unwrap().get(user.as_str()).cloned(),
            _ => self.users.read(&self.row_of(user)),
        };
        UserGrants::read(row.unwrap_or_default().grants.as_deref())
    }

    /// Applies a verb until no other comes between.
    async fn change<T>(
        &self,
        user: &UserId,
        now: Timestamp,
        verb: impl Fn(&mut UserLedger) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<T, StoreError> {
        let compares = self.fault != RowFault::WritesWithoutComparing;
        let row = self.row_of(user);
        loop {
            let stored = self.users.read(&row);
            let read = self.read(user, now);
            let mut ledger = UserLedger::read(&read.unwrap_or_default(), self.time(now))?;
            let answer = verb(&mut ledger)?;
            self.pause().await;
            let keeps_empty = self.fault == RowFault::KeepsEmptyRows;
            let written = Some(ledger.write()).filter(|bytes| keeps_empty || *bytes != UserBytes::default());
            let compares = compares && !(stored.is_none() && self.fault == RowFault::InsertsOverRows);
            self.replica.lock().unwrap().insert(row.clone(), stored.clone().unwrap_or_default());
            if self.users.exchange(&row, stored.as_ref(), written.clone(), compares) {
                return Ok(answer);
            }
            if self.fault == RowFault::RetriesTheOldDecision {
                self.users.exchange(&row, None, written, false);
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
        let compares = self.fault != RowFault::CountsBudgetsWithoutComparing;
        loop {
            let read = self.budgets.read(budget);
            let mut ledger = BudgetLedger::read(read.as_deref(), self.time(now))?;
            let answer = verb(&mut ledger);
            self.pause().await;
            if self.budgets.exchange(budget, read.as_ref(), ledger.write(), compares) {
                return Ok(answer);
            }
        }
    }

    /// Returns the grants of any scope or of any approval, if the `WHERE` lacks them.
    async fn grant_of_any(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        let state = self.of(key.user, Timestamp::default())?.user_state(Timestamp::default());
        let is_it = |it: &&GrantState| {
            it.login == *key.login && (self.fault == RowFault::IgnoresTheScope || it.scope == *key.scope)
        };
        Ok(state.grants.iter().find(is_it).map(|it| it.grant.clone()))
    }
}

#[async_trait]
impl MfaStore for LedgerStore {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        match self.fault {
            RowFault::IgnoresTheScope | RowFault::IgnoresTheApproval => self.grant_of_any(key).await,
            _ => Ok(self.grants(key.user)?.grant(key)),
        }
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        Ok(self.grants(key.user)?.bound_grants(key))
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
        self.change(user, Timestamp::default(), |ledger| {
            ledger.release_send(challenge);
            Ok(())
        })
        .await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.change(user, challenge.sent_at, |ledger| Ok(ledger.open_challenge(challenge))).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.change(request.key.user, request.now, |ledger| Ok(ledger.reserve_attempt(request))).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.change(request.key.user, request.now, |ledger| {
            ledger.release_attempt(request);
            Ok(())
        })
        .await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        if self.fault == RowFault::RedeemsWithoutEndingTheCode {
            let codes = self.read(request.key.user, request.now).unwrap_or_default().codes;
            let redeemed = self.change(request.key.user, request.now, |ledger| ledger.redeem(request)).await;
            if let Some(row) = self.users.0.lock().unwrap().get_mut(&self.row_of(request.key.user)) {
                row.codes = codes;
            }
            return redeemed;
        }
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
        if self.fault == RowFault::RollsConsumptionBack {
            return Ok(self.of(key.user, now)?.consume(key, grant, now));
        }
        self.change(key.user, now, |ledger| Ok(ledger.consume(key, grant, now))).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let codes = self.users.read(&self.row_of(user)).unwrap_or_default().codes;
        self.change(user, Timestamp::default(), |ledger| {
            ledger.revoke(what);
            Ok(())
        })
        .await?;
        if self.fault == RowFault::RevokesGrantsAlone
            && let Some(row) = self.users.0.lock().unwrap().get_mut(&self.row_of(user))
        {
            row.codes = codes;
        }
        Ok(())
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.change(user, Timestamp::default(), |ledger| {
            ledger.unlock();
            Ok(())
        })
        .await
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
