//! The store itself: shards, capacity and the verbs.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    limit::Limit,
    memory::{
        budgets::Budgets,
        errors::{full, poisoned},
        expiry::{SWEEP_INTERVAL, SWEEP_INTERVAL_WHEN_FULL, is_due},
        grants::Grants,
        user_key::{UserKey, UserKeySeed},
        user_record::UserRecord,
    },
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat, Key,
        MfaStore, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt,
        ReserveBudget, ReserveSend, Revocation, SendReservation, Sharing, StoreError, UserState,
    },
    subject::UserId,
    token::ChallengeId,
};

/// Number of shards over which the users are spread, so that they rarely wait for each other.
const SHARDS: usize = 64;

/// Store in the memory of one process, for a single instance, for development and for tests.
///
/// Nothing is shared with other processes, and nothing survives this one. The store holds a bounded number of records
/// at once, by default [100,000](Self::DEFAULT_CAPACITY) of each kind: users with a challenge or a count, and grants.
/// It holds three times as many budgets. A full store rejects new starts and keeps all live records, with one
/// exception: the record that a number once completed a challenge is dropped if a new count needs the space. Expired
/// records are swept while others are written. A live grant takes about 115 bytes.
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
    seed: UserKeySeed,
    shards: Vec<Mutex<Shard>>,
    budgets: Budgets,
    capacity: usize,
    users: AtomicUsize,
    grants: AtomicUsize,
    /// Time at which all shards were last swept because the store was full, in milliseconds.
    swept_when_full: AtomicU64,
}

#[derive(Default)]
struct Shard {
    users: HashMap<UserKey, Box<UserRecord>>,
    grants: Grants,
    swept_at: Option<Timestamp>,
}

impl MemoryStore {
    /// Default capacity: the maximum number of users, and of grants.
    pub const DEFAULT_CAPACITY: usize = 100_000;

    /// Creates an empty store with the [default capacity](Self::DEFAULT_CAPACITY).
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// Creates an empty store that holds at most this many users with a challenge or a count, this many grants, and
    /// three times as many budgets.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        Self {
            seed: UserKeySeed::random(),
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            budgets: Budgets::with_capacity(records.saturating_mul(3)),
            capacity: records,
            users: AtomicUsize::new(0),
            grants: AtomicUsize::new(0),
            swept_when_full: AtomicU64::new(0),
        }
    }

    /// Returns the number of records in the store: users with a challenge or a count, grants and budgets. Includes
    /// expired ones that have not been swept yet.
    #[must_use]
    pub fn records(&self) -> usize {
        let users_and_grants = self.users.load(Ordering::Relaxed) + self.grants.load(Ordering::Relaxed);
        users_and_grants + self.budgets.len()
    }

    fn shard(&self, user: &UserId) -> Result<(UserKey, MutexGuard<'_, Shard>), StoreError> {
        let (key, shard) = self.seed.key_and_shard(user, SHARDS);
        let shard = self.shards.get(shard).and_then(|shard| shard.lock().ok());
        Ok((key, shard.ok_or_else(poisoned)?))
    }

    fn find(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        let (user, shard) = self.shard(key.user)?;
        Ok(shard.grants.find(user, key))
    }

    fn sweep(&self, shard: &mut Shard, now: Timestamp) {
        let (users, grants) = (shard.users.len(), shard.grants.len());
        shard.users.retain(|_, record| record.sweep(now));
        shard.grants.sweep(now);
        if shard.users.capacity() > 4 * shard.users.len() {
            let room = 2 * shard.users.len();
            shard.users.shrink_to(room);
        }
        self.users.fetch_sub(users - shard.users.len(), Ordering::Relaxed);
        self.grants.fetch_sub(grants - shard.grants.len(), Ordering::Relaxed);
        shard.swept_at = Some(now);
    }

    fn sweep_if_due(&self, shard: &mut Shard, now: Timestamp) {
        if shard.swept_at.is_none_or(|swept_at| is_due(swept_at, SWEEP_INTERVAL, now)) {
            self.sweep(shard, now);
        }
    }

    fn is_full(&self) -> bool {
        self.users.load(Ordering::Relaxed) >= self.capacity
            || self.grants.load(Ordering::Relaxed) >= self.capacity
    }

    /// Returns whether the store has room, after sweeping all shards at most once a second. Holds no shard while it
    /// locks the next.
    fn make_room(&self, now: Timestamp) -> bool {
        if !self.is_full() {
            return true;
        }
        let swept_at = self.swept_when_full.load(Ordering::Relaxed);
        let claim = || {
            let claimed = self.swept_when_full.compare_exchange(
                swept_at,
                now.as_millis(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            claimed.is_ok()
        };
        // Of several threads that find the store full, one sweeps it.
        if is_due(Timestamp::from_millis(swept_at), SWEEP_INTERVAL_WHEN_FULL, now) && claim() {
            for shard in &self.shards {
                if let Ok(mut shard) = shard.lock() {
                    self.sweep(&mut shard, now);
                }
            }
        }
        !self.is_full()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (users, grants) = (self.users.load(Ordering::Relaxed), self.grants.load(Ordering::Relaxed));
        f.debug_struct("MemoryStore")
            .field("users", &users)
            .field("grants", &grants)
            .field("budgets", &self.budgets.len())
            .field("capacity", &self.capacity)
            .finish()
    }
}

#[async_trait]
impl MfaStore for MemoryStore {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.find(key)
    }

    fn grant_at_once(&self, key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
        Some(self.find(key))
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        let (user, shard) = self.shard(user)?;
        let mut user_state = shard.users.get(&user).map(|record| record.user_state(now)).unwrap_or_default();
        user_state.grants = shard.grants.of(user, now);
        Ok(user_state)
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        // Makes room before the user's own shard is locked, because making room locks every shard in turn. So
        // concurrent starts can exceed the capacity by the number of threads.
        let room = self.make_room(request.now);
        let (user, mut shard) = self.shard(request.key.user)?;
        self.sweep_if_due(&mut shard, request.now);
        let room = room || !self.is_full();
        if let Some(record) = shard.users.get_mut(&user) {
            if !room && self.grants.load(Ordering::Relaxed) >= self.capacity {
                return Err(full());
            }
            return Ok(record.reserve_send(request));
        }
        if !room {
            return Err(full());
        }
        let mut record = Box::<UserRecord>::default();
        let reserved = record.reserve_send(request);
        if !record.is_blank() {
            self.users.fetch_add(1, Ordering::Relaxed);
            shard.users.insert(user, record);
        }
        Ok(reserved)
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        if let Entry::Occupied(mut entry) = shard.users.entry(user) {
            entry.get_mut().release_send(challenge);
            if entry.get().is_blank() {
                entry.remove();
                self.users.fetch_sub(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        let (user, mut shard) = self.shard(user)?;
        Ok(shard.users.get_mut(&user).map_or(OpenOutcome::Over, |record| record.open_challenge(challenge)))
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let grant = shard.grants.find(user, request.key);
        let record = shard.users.get_mut(&user);
        Ok(record.map_or(AttemptReservation::Over, |record| record.reserve_attempt(request, grant.as_ref())))
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        if let Some(record) = shard.users.get_mut(&user) {
            record.release_attempt(request);
        }
        Ok(())
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let made = shard.users.get_mut(&user).and_then(|record| record.redeem(request));
        let Some(grant) = made else { return Ok(RedeemOutcome::Over) };
        if shard.grants.insert(user, request.key, &grant)? {
            self.grants.fetch_add(1, Ordering::Relaxed);
        }
        Ok(RedeemOutcome::Granted(grant))
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let grant = shard.grants.find(user, request.key);
        let record = shard.users.get_mut(&user);
        Ok(record.map_or(RepeatLookup::Nothing, |record| record.find_repeat(request, grant.as_ref())))
    }

    async fn consume(&self, key: Key<'_>, grant: &GrantRecord) -> Result<ConsumeOutcome, StoreError> {
        let (user, mut shard) = self.shard(key.user)?;
        if shard.grants.remove(user, key, grant) {
            self.grants.fetch_sub(1, Ordering::Relaxed);
            Ok(ConsumeOutcome::Consumed)
        } else {
            Ok(ConsumeOutcome::Gone)
        }
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        let before = shard.grants.len();
        shard.grants.revoke(user, revocation);
        self.grants.fetch_sub(before - shard.grants.len(), Ordering::Relaxed);
        if let Some(record) = shard.users.get_mut(&user) {
            record.revoke(revocation);
        }
        Ok(())
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        if let Some(record) = shard.users.get_mut(&user) {
            record.unlock();
        }
        Ok(())
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
}
