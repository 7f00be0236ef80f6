//! A store in the memory of one process.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;

use crate::{
    AttemptReservation, Challenge, ChallengeId, GrantRecord, Key, LoginId, MfaStore, Opening, Redeem,
    Redemption, ReserveAttempt, ReserveSend, Revocation, Scope, SendReservation, Sharing, StoreError,
    Timestamp, UserId,
};

/// How many parts the users are spread over, so that they seldom wait for each other.
const SHARDS: usize = 64;

/// How often a part is swept while it is written to.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// A store in the memory of one process: for one instance, for development and for tests.
///
/// Nothing is shared with other processes and nothing outlives this one. It holds a bounded number of users
/// at once, [100,000](Self::DEFAULT_CAPACITY) unless said otherwise; when it is full it refuses new starts
/// and forgets nothing that lives. What has ended is swept while others are written.
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    capacity: usize,
    users: AtomicUsize,
    /// When all parts were last swept because the store was full, in milliseconds.
    swept_when_full: AtomicU64,
}

#[derive(Default)]
struct Shard {
    users: HashMap<UserId, UserRecord>,
    swept_at: Option<Timestamp>,
}

#[derive(Default)]
struct UserRecord {
    grants: Vec<(LoginId, Scope, GrantRecord)>,
    challenges: Vec<Challenge>,
    /// Sends that are reserved and have not opened their challenge yet.
    reserved: Vec<Reserved>,
    sends: Option<Sends>,
}

/// A send that is under way.
struct Reserved {
    challenge: ChallengeId,
    login: LoginId,
    scope: Scope,
    forgotten_at: Timestamp,
}

/// The user's sends since the last success.
struct Sends {
    count: usize,
    resend_at: Timestamp,
    forgotten_at: Timestamp,
}

impl MemoryStore {
    /// How many users it holds at once unless said otherwise.
    pub const DEFAULT_CAPACITY: usize = 100_000;

    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// An empty store that holds at most this many users at once.
    #[must_use]
    pub fn with_capacity(users: usize) -> Self {
        Self {
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            capacity: users,
            users: AtomicUsize::new(0),
            swept_when_full: AtomicU64::new(0),
        }
    }

    fn shard(&self, user: &UserId) -> Result<MutexGuard<'_, Shard>, StoreError> {
        // Which part does not matter as long as it is always the same: this is FNV-1a, and what an attacker
        // could make of choosing it are a few users that wait for each other.
        let fold = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        let hash = user.as_str().as_bytes().iter().fold(0x811c_9dc5, fold);
        let shard = self.shards.get(hash as usize % SHARDS).and_then(|shard| shard.lock().ok());
        shard.ok_or_else(|| StoreError::new("a thread died while it wrote to the memory store"))
    }

    fn sweep(&self, shard: &mut Shard, now: Timestamp) {
        let before = shard.users.len();
        shard.users.retain(|_, record| record.sweep(now));
        self.users.fetch_sub(before - shard.users.len(), Ordering::Relaxed);
        shard.swept_at = Some(now);
    }

    fn sweep_if_due(&self, shard: &mut Shard, now: Timestamp) {
        if shard.swept_at.is_none_or(|swept_at| now.since(swept_at) >= SWEEP_EVERY) {
            self.sweep(shard, now);
        }
    }

    /// Makes room where there is none, at most once a second. Holds no part while it takes the next.
    fn make_room(&self, now: Timestamp) -> bool {
        if self.users.load(Ordering::Relaxed) < self.capacity {
            return true;
        }
        let swept = self.swept_when_full.swap(now.as_millis(), Ordering::Relaxed);
        if now.since(Timestamp::from_millis(swept)) >= Duration::from_secs(1) {
            for shard in &self.shards {
                if let Ok(mut shard) = shard.lock() {
                    self.sweep(&mut shard, now);
                }
            }
        }
        self.users.load(Ordering::Relaxed) < self.capacity
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users = self.users.load(Ordering::Relaxed);
        f.debug_struct("MemoryStore").field("users", &users).field("capacity", &self.capacity).finish()
    }
}

impl UserRecord {
    /// Drops what has ended; says whether anything is left.
    fn sweep(&mut self, now: Timestamp) -> bool {
        self.grants.retain(|(_, _, grant)| now < grant.expires_at);
        self.challenges.retain(|challenge| now < challenge.expires_at);
        self.reserved.retain(|reserved| now < reserved.forgotten_at);
        self.sends.take_if(|sends| now >= sends.forgotten_at);
        let empty = self.grants.is_empty() && self.challenges.is_empty() && self.reserved.is_empty();
        !empty || self.sends.is_some()
    }

    fn challenge_of(&self, key: &Key<'_>) -> Option<usize> {
        let of_key = |challenge: &Challenge| challenge.login == *key.login && challenge.scope == *key.scope;
        self.challenges.iter().position(of_key)
    }

    fn live(&self, key: &Key<'_>, now: Timestamp) -> Option<&Challenge> {
        let challenge = self.challenges.get(self.challenge_of(key)?)?;
        challenge.is_live(now).then_some(challenge)
    }
}

#[async_trait]
impl MfaStore for MemoryStore {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(
        &self,
        user: &UserId,
        login: &LoginId,
        scope: &Scope,
    ) -> Result<Option<GrantRecord>, StoreError> {
        let shard = self.shard(user)?;
        let grants = shard.users.get(user).map(|record| record.grants.as_slice()).unwrap_or_default();
        let found = grants.iter().find(|(of_login, of_scope, _)| of_login == login && of_scope == scope);
        Ok(found.map(|(_, _, grant)| grant.clone()))
    }

    async fn live_challenge(&self, key: Key<'_>, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
        let shard = self.shard(key.user)?;
        Ok(shard.users.get(key.user).and_then(|record| record.live(&key, now)).cloned())
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        let ReserveSend { key, challenge, cool_down, forget_after, now } = request;
        // Asked before the user's own part is taken, because making room takes every part in turn. Starts
        // that run at the same time can so exceed the capacity by as many as there are threads.
        let room = self.make_room(now);
        let mut shard = self.shard(key.user)?;
        self.sweep_if_due(&mut shard, now);
        if !shard.users.contains_key(key.user) {
            if !room {
                return Err(StoreError::new("the memory store is full"));
            }
            self.users.fetch_add(1, Ordering::Relaxed);
        }
        let record = shard.users.entry(key.user.clone()).or_default();
        record.sends.take_if(|sends| now >= sends.forgotten_at);
        if let Some(sends) = record.sends.as_ref().filter(|sends| now < sends.resend_at) {
            let live = record.live(&key, now).cloned().map(Box::new);
            // Nobody waits longer than the longest wait, whatever the clock did since.
            let longest = now.plus(cool_down.iter().max().copied().unwrap_or(forget_after));
            return Ok(SendReservation::CoolingDown { resend_at: sends.resend_at.min(longest), live });
        }
        let count = record.sends.as_ref().map_or(0, |sends| sends.count);
        let wait = cool_down.get(count).or(cool_down.last()).copied().unwrap_or(forget_after);
        let resend_at = now.plus(wait);
        let forgotten_at = now.plus(forget_after.max(wait));
        record.sends = Some(Sends { count: count + 1, resend_at, forgotten_at });
        let reserved = Reserved { challenge: *challenge, login: *key.login, scope: *key.scope, forgotten_at };
        record.reserved.push(reserved);
        Ok(SendReservation::Reserved { resend_at })
    }

    async fn open_challenge(&self, user: &UserId, challenge: Challenge) -> Result<Opening, StoreError> {
        let mut shard = self.shard(user)?;
        let Some(record) = shard.users.get_mut(user) else { return Ok(Opening::Over) };
        let is_reserved = |reserved: &Reserved| reserved.challenge == challenge.id;
        let Some(at) = record.reserved.iter().position(is_reserved) else { return Ok(Opening::Over) };
        record.reserved.swap_remove(at);
        let key = Key { user, login: &challenge.login, scope: &challenge.scope };
        if let Some(at) = record.challenge_of(&key) {
            record.challenges.swap_remove(at);
        }
        record.challenges.push(challenge);
        Ok(Opening::Opened)
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        let ReserveAttempt { key, challenge: id, numbers, now } = request;
        let mut shard = self.shard(key.user)?;
        let Some(record) = shard.users.get_mut(key.user) else { return Ok(AttemptReservation::Over) };
        let Some(at) = record.challenge_of(&key) else { return Ok(AttemptReservation::Over) };
        let Some(challenge) = record.challenges.get_mut(at) else { return Ok(AttemptReservation::Over) };
        if challenge.id != *id || !challenge.is_live(now) {
            return Ok(AttemptReservation::Over);
        }
        if !numbers.contains(&challenge.number) {
            record.challenges.swap_remove(at);
            return Ok(AttemptReservation::Over);
        }
        challenge.attempts_used += 1;
        Ok(AttemptReservation::Reserved(Box::new(challenge.clone())))
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<Redemption, StoreError> {
        let Redeem { key, challenge: id, binding, lifetime, now } = request;
        let mut shard = self.shard(key.user)?;
        let Some(record) = shard.users.get_mut(key.user) else { return Ok(Redemption::Over) };
        let Some(at) = record.challenge_of(&key) else { return Ok(Redemption::Over) };
        let ours = |challenge: &&Challenge| challenge.id == *id && now < challenge.expires_at;
        let Some(channel) = record.challenges.get(at).filter(ours).map(|challenge| challenge.channel) else {
            return Ok(Redemption::Over);
        };
        record.challenges.swap_remove(at);
        record.sends = None;
        record.grants.retain(|(login, scope, _)| (login, scope) != (key.login, key.scope));
        let grant = GrantRecord { binding, verified_at: now, expires_at: now.plus(lifetime), channel };
        record.grants.push((*key.login, *key.scope, grant.clone()));
        Ok(Redemption::Granted(grant))
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let mut shard = self.shard(user)?;
        if let Some(record) = shard.users.get_mut(user) {
            record.grants.retain(|(login, scope, _)| !what.covers(login, scope));
            record.challenges.retain(|challenge| !what.covers(&challenge.login, &challenge.scope));
            record.reserved.retain(|reserved| !what.covers(&reserved.login, &reserved.scope));
        }
        Ok(())
    }
}
