//! A store in the memory of one process.
//!
//! 1. Users are spread over parts, each with a lock of its own that is held for one verb and never across an await.
//! 2. A grant stands in a table of its own, apart from what is kept of its user, since there are many of them for a
//!    long time, and every guarded request looks for one.
//! 3. Users are known by a keyed hash of 128 bits, which is shorter than most identifiers and never longer.

mod budgets;
mod grants;
mod person;
mod spent;

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    limit::Limit,
    lock::LockRule,
    memory::{budgets::Budgets, grants::Grants, person::Person},
    random::random,
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat, Key,
        MfaStore, OpenOutcome, Redeem, RedeemOutcome, RepeatLookup, ReserveAttempt, ReserveBudget,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError, UserState,
    },
    subject::UserId,
    token::ChallengeId,
};

/// How many parts the users are spread over, so that they seldom wait for each other.
const SHARDS: usize = 64;

/// How often a part is swept while it is written to.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// A store in the memory of one process: for a single instance, for development and for tests.
///
/// Nothing is shared with other processes, and nothing outlives this one. It holds a bounded number of
/// records at once, [100,000](Self::DEFAULT_CAPACITY) of each kind by default (users in a ceremony, grants,
/// budgets). A full store rejects new starts and keeps all live records, with one exception: the record that
/// a number once completed a challenge gives way when counting needs its room. Ended records are swept while
/// others are written.
///
/// A live grant takes about 115 bytes.
pub struct MemoryStore {
    seed: [u8; 16],
    shards: Vec<Mutex<Shard>>,
    budgets: Budgets,
    capacity: usize,
    people: AtomicUsize,
    grants: AtomicUsize,
    /// When all parts were last swept because the store was full, in milliseconds.
    swept_when_full: AtomicU64,
}

#[derive(Default)]
struct Shard {
    people: HashMap<UserKey, Box<Person>>,
    grants: Grants,
    swept_at: Option<Timestamp>,
}

/// A user, as this store knows them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct UserKey([u8; 16]);

impl UserKey {
    /// Eight of its bytes, which are as good as random.
    const fn hash(self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

impl MemoryStore {
    /// How many records of each kind it holds at once unless said otherwise.
    pub const DEFAULT_CAPACITY: usize = 100_000;

    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// An empty store that holds at most this many users in a ceremony, this many grants, and three times as many
    /// budgets.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        Self {
            seed: random(),
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            budgets: Budgets::with_capacity(records.saturating_mul(3)),
            capacity: records,
            people: AtomicUsize::new(0),
            grants: AtomicUsize::new(0),
            swept_when_full: AtomicU64::new(0),
        }
    }

    /// Returns the number of records in the store: users in a ceremony, grants and budgets. Includes ended
    /// ones that have not been swept yet.
    #[must_use]
    pub fn records(&self) -> usize {
        let users_and_grants = self.people.load(Ordering::Relaxed) + self.grants.load(Ordering::Relaxed);
        users_and_grants + self.budgets.len()
    }

    fn shard(&self, user: &UserId) -> Result<(UserKey, MutexGuard<'_, Shard>), StoreError> {
        let digest: [u8; 32] =
            Sha256::new().chain_update(self.seed).chain_update(user.as_str()).finalize().into();
        let (key, rest) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        let at = rest.first().map_or(0, |byte| usize::from(*byte) % SHARDS);
        let shard = self.shards.get(at).and_then(|shard| shard.lock().ok());
        let shard =
            shard.ok_or_else(|| StoreError::new("a thread died while it wrote to the memory store"))?;
        Ok((UserKey(*key), shard))
    }

    fn sweep(&self, shard: &mut Shard, now: Timestamp) {
        let (people, grants) = (shard.people.len(), shard.grants.len());
        shard.people.retain(|_, person| person.sweep(now));
        shard.grants.sweep(now);
        if shard.people.capacity() > 4 * shard.people.len() {
            let room = 2 * shard.people.len();
            shard.people.shrink_to(room);
        }
        self.people.fetch_sub(people - shard.people.len(), Ordering::Relaxed);
        self.grants.fetch_sub(grants - shard.grants.len(), Ordering::Relaxed);
        shard.swept_at = Some(now);
    }

    fn sweep_if_due(&self, shard: &mut Shard, now: Timestamp) {
        if is_due(shard.swept_at, now) {
            self.sweep(shard, now);
        }
    }

    fn is_full(&self) -> bool {
        self.people.load(Ordering::Relaxed) >= self.capacity
            || self.grants.load(Ordering::Relaxed) >= self.capacity
    }

    /// Makes room where there is none, at most once a second. Holds no part while it takes the next.
    fn make_room(&self, now: Timestamp) -> bool {
        if !self.is_full() {
            return true;
        }
        let swept = self.swept_when_full.load(Ordering::Relaxed);
        let swept_at = Timestamp::from_millis(swept);
        // A clock that was set back does not put it off.
        let is_due = now < swept_at || now.since(swept_at) >= Duration::from_secs(1);
        let mine = is_due
            && self
                .swept_when_full
                .compare_exchange(swept, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if mine {
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
        let (people, grants) = (self.people.load(Ordering::Relaxed), self.grants.load(Ordering::Relaxed));
        f.debug_struct("MemoryStore")
            .field("users", &people)
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
        let (user, shard) = self.shard(key.user)?;
        Ok(shard.grants.find(user, key))
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        let (user, shard) = self.shard(user)?;
        let mut user_state = shard.people.get(&user).map(|person| person.user_state(now)).unwrap_or_default();
        user_state.grants = shard.grants.of(user, now);
        Ok(user_state)
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        // Asked before the user's own part is taken, because making room takes every part in turn. Starts
        // that run at the same time can so exceed the capacity by as many as there are threads.
        let room = self.make_room(request.now);
        let (user, mut shard) = self.shard(request.key.user)?;
        self.sweep_if_due(&mut shard, request.now);
        let room = room || !self.is_full();
        if let Some(person) = shard.people.get_mut(&user) {
            if !room && self.grants.load(Ordering::Relaxed) >= self.capacity {
                return Err(full());
            }
            return Ok(person.reserve_send(request));
        }
        if !room {
            return Err(full());
        }
        let mut person = Box::<Person>::default();
        let reserved = person.reserve_send(request);
        if !person.is_blank() {
            self.people.fetch_add(1, Ordering::Relaxed);
            shard.people.insert(user, person);
        }
        Ok(reserved)
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        if let Entry::Occupied(mut entry) = shard.people.entry(user) {
            entry.get_mut().release_send(challenge);
            if entry.get().is_blank() {
                entry.remove();
                self.people.fetch_sub(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        let (user, mut shard) = self.shard(user)?;
        Ok(shard.people.get_mut(&user).map_or(OpenOutcome::Over, |person| person.open_challenge(challenge)))
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let grant = shard.grants.find(user, request.key);
        let person = shard.people.get_mut(&user);
        Ok(person.map_or(AttemptReservation::Over, |person| person.reserve_attempt(request, grant.as_ref())))
    }

    async fn release_attempt(&self, user: &UserId, era: u64, rule: &LockRule) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        if let Some(person) = shard.people.get_mut(&user) {
            person.release_attempt(rule, era);
        }
        Ok(())
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let made = shard.people.get_mut(&user).and_then(|person| person.redeem(request));
        let Some(grant) = made else { return Ok(RedeemOutcome::Over) };
        if shard.grants.put(user, request.key, &grant)? {
            self.grants.fetch_add(1, Ordering::Relaxed);
        }
        Ok(RedeemOutcome::Granted(grant))
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        let (user, mut shard) = self.shard(request.key.user)?;
        let grant = shard.grants.find(user, request.key);
        let person = shard.people.get_mut(&user);
        Ok(person.map_or(RepeatLookup::Nothing, |person| person.find_repeat(request, grant.as_ref())))
    }

    async fn consume(&self, key: Key<'_>, grant: &GrantRecord) -> Result<ConsumeOutcome, StoreError> {
        let (user, mut shard) = self.shard(key.user)?;
        if shard.grants.take(user, key, grant) {
            self.grants.fetch_sub(1, Ordering::Relaxed);
            Ok(ConsumeOutcome::Consumed)
        } else {
            Ok(ConsumeOutcome::Gone)
        }
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        let before = shard.grants.len();
        shard.grants.revoke(user, what);
        self.grants.fetch_sub(before - shard.grants.len(), Ordering::Relaxed);
        if let Some(person) = shard.people.get_mut(&user) {
            person.revoke(what);
        }
        Ok(())
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        let (user, mut shard) = self.shard(user)?;
        if let Some(person) = shard.people.get_mut(&user) {
            person.unlock();
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

/// Whether a part is to be swept. A clock that was set back does not put it off.
fn is_due(swept_at: Option<Timestamp>, now: Timestamp) -> bool {
    swept_at.is_none_or(|swept_at| now < swept_at || now.since(swept_at) >= SWEEP_EVERY)
}

fn full() -> StoreError {
    StoreError::new("the memory store is full")
}
