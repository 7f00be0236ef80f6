//! The store itself: capacity and the verbs.

use std::fmt;

use async_trait::async_trait;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    kept_action::KeptAction,
    limit::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, Fill,
        FindRepeat, KeepAction, Kept, Key, MfaStore, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt,
        RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation, SendReservation, Sharing,
        StoreError, StoreSize, UserState,
    },
    subject::UserId,
    token::ChallengeId,
};

use super::{
    budgets::Budgets,
    keyed_hash::{HashKey, KeyedHash},
    users::Users,
};

/// Number of records of each kind in a part if the store is full. So nothing that visits all records of a part takes
/// long.
const RECORDS_IN_PART: usize = 1024;

/// Least number of parts, so that users rarely wait for each other.
const MIN_PARTS: usize = 16;

/// Most parts, so that looking for an ended record in all of them takes no longer than a fraction of a millisecond.
const MAX_PARTS: usize = 1 << 16;

/// Store in the memory of one process, for a single instance, for development and for tests.
///
/// Nothing is shared with other processes, and nothing survives this one. The store holds a bounded number of records
/// at once, by default [100,000](Self::DEFAULT_CAPACITY) of each kind: users with a challenge or a count, grants, and
/// kept actions. It holds three times as many budgets. A full store looks for expired records, and then rejects new starts and keeps
/// all live records, with two exceptions, of which the one that would expire first is dropped before any other. The record
/// that a number once completed a challenge gives way to a new count. The record that an approval was consumed gives way to
/// that of another, and takes no space that an action needs. A code that was sent is honored even if the store has become
/// full in the meantime, so grants can exceed the capacity by the number of live challenges.
///
/// Records are spread over small parts with a lock each. Every verb removes a few expired records, so no request waits
/// while the records of others are swept, and a guarded request holds one lock for as long as it takes to copy a grant.
/// [`with_capacity`](Self::with_capacity) describes the memory that the store takes.
///
/// [`MfaBuilder`](crate::MfaBuilder) uses this store unless you set another one. Create it yourself to choose its
/// capacity, or to share it:
///
/// ```
/// use std::sync::Arc;
/// use mfakit_core::{Mfa, MemoryStore, PhoneNumber, UserId};
/// # use mfakit_core::testing::TestProvider;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = TestProvider::new();
/// let store = Arc::new(MemoryStore::with_capacity(10_000));
/// let mfa = Mfa::builder(provider, "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .store(Arc::clone(&store))
///     .build()?;
/// assert_eq!(store.records(), 0);
/// # Ok(())
/// # }
/// ```
pub struct MemoryStore {
    hash_key: HashKey,
    users: Users,
    budgets: Budgets,
}

impl MemoryStore {
    /// Default capacity: the maximum number of users, of grants, and of kept actions.
    pub const DEFAULT_CAPACITY: usize = 100_000;

    /// Creates an empty store with the [default capacity](Self::DEFAULT_CAPACITY).
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// Creates an empty store that holds at most this many users with a challenge or a count, this many grants, this many
    /// kept actions, and three times as many budgets.
    ///
    /// An empty store takes little memory. Each record adds about this much:
    ///
    /// | record | bytes | for |
    /// |---|---|---|
    /// | grant | 110 | its lifetime |
    /// | kept action, with its grant | 350 and its texts, of which the action itself takes at most 4,096 bytes | the lifetime of a code, then of its grant |
    /// | approval that was consumed | 200 | ten minutes, and as long as its action would have lasted, unless another needs the space |
    /// | user with a live or spent challenge | 700 | the lifetime of a code |
    /// | user with a send of the last hour, or with failures | 80, or 200 | an hour, or 30 days |
    /// | budget: a number, a block of numbers or an address | 80 | a day for a number, an hour for the others |
    /// | number that completed a challenge | 40 | 90 days, unless a count needs the space |
    ///
    /// So a store that is full of everything but actions takes 1 kB for each unit of its capacity: 100 MB by default. The
    /// allocator keeps some of the memory of expired records for later ones.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        let parts = records.div_ceil(RECORDS_IN_PART).next_power_of_two().clamp(MIN_PARTS, MAX_PARTS);
        Self::with_parts(records, parts, [HashKey::random(), HashKey::random()])
    }

    pub(super) fn with_parts(records: usize, parts: usize, [of_users, of_budgets]: [HashKey; 2]) -> Self {
        Self {
            hash_key: of_users,
            users: Users::new(records, parts),
            budgets: Budgets::new(records.saturating_mul(3), parts, of_budgets),
        }
    }

    /// Returns the number of records in the store: users with a challenge or a count, grants, kept actions and
    /// budgets. Includes expired ones that have not been swept yet.
    #[must_use]
    pub fn records(&self) -> usize {
        self.users.len().iter().sum::<usize>() + self.budgets.len()
    }

    /// Reads a grant as it is stored. Takes one lock, and only to copy the grant.
    pub(super) fn grant_now(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.users.grant(self.hash(key.user), key)
    }

    /// Returns the numbers of users, of grants and kept actions, and of budgets, in total and in the largest part, counted
    /// there.
    #[cfg(test)]
    pub(super) fn count(&self) -> ([usize; 3], [usize; 3]) {
        let (users, budgets) = (self.users.parts(), self.budgets.parts());
        let of_users = users.iter().map(|[users, ..]| *users).collect();
        let of_grants = users.iter().map(|[_, grants, actions]| grants + actions).collect();
        let all: [Vec<_>; 3] = [of_users, of_grants, budgets];
        (
            all.each_ref().map(|kind| kind.iter().sum()),
            all.map(|kind| kind.into_iter().max().unwrap_or_default()),
        )
    }

    fn hash(&self, user: &UserId) -> KeyedHash {
        self.hash_key.hash(user.as_str().as_bytes())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [users, grants, actions] = self.users.len();
        f.debug_struct("MemoryStore")
            .field("users", &users)
            .field("grants", &grants)
            .field("actions", &actions)
            .field("budgets", &self.budgets.len())
            .field("capacity", &self.users.capacity())
            .finish()
    }
}

#[async_trait]
impl MfaStore for MemoryStore {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.grant_now(key)
    }

    fn grant_at_once(&self, key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
        Some(self.grant_now(key))
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        self.users.bound_grants(self.hash(key.user), key)
    }

    fn bound_grants_at_once(&self, key: Key<'_>) -> Option<Result<BoundGrants, StoreError>> {
        Some(self.users.bound_grants(self.hash(key.user), key))
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.users.keep_action(self.hash(request.key.user), request)
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        self.users.actions(self.hash(key.user), key, now)
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        self.users.is_consumed(self.hash(key.user), key, now)
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        self.users.user_state(self.hash(user), now)
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.users.reserve_send(self.hash(request.key.user), request)
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.users.release_send(self.hash(user), challenge)
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.users.open_challenge(self.hash(user), challenge)
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.users.reserve_attempt(self.hash(request.key.user), request)
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.users.release_attempt(self.hash(request.key.user), request)
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.users.redeem(self.hash(request.key.user), request)
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.users.find_repeat(self.hash(request.key.user), request)
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        self.users.consume(self.hash(key.user), key, grant, now)
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        self.users.revoke(self.hash(user), revocation)
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.users.unlock(self.hash(user))
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        self.budgets.reserve(request)
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.budgets.exhausted_until(budget, limits, now)
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.budgets.settle(budget, change, now)
    }

    fn size(&self) -> Option<StoreSize> {
        let [users, grants, actions] = self.users.len();
        let fill = |records| Fill::new(records, self.users.capacity());
        let budgets = Fill::new(self.budgets.len(), self.budgets.capacity());
        Some(StoreSize::new(fill(users), fill(grants), budgets).actions(fill(actions)))
    }
}
