//! Reserving an attempt to enter a code.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    lock::{Lock, LockRule},
    proof::CodeProof,
    store::{Key, Repeat},
    token::ChallengeId,
};

/// Request to count one attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReserveAttempt<'a> {
    /// Owner that the challenge must have.
    pub key: Key<'a>,
    /// Identifier of the challenge.
    pub challenge: &'a ChallengeId,
    /// Keyed hashes of the number that is on file now, one for each secret in the ring. `None` if the caller compares
    /// the number of the returned challenge itself, after the attempt is counted. An attempt that would lock the user is
    /// not counted then.
    pub numbers: Option<&'a [[u8; 32]]>,
    /// Proofs of the code that was entered, one for each secret in the ring.
    pub proofs: &'a [CodeProof],
    /// Rule for locking the user.
    pub rule: &'a LockRule,
    /// Current time.
    pub now: Timestamp,
}

impl<'a> ReserveAttempt<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(
        key: Key<'a>,
        challenge: &'a ChallengeId,
        numbers: &'a [[u8; 32]],
        proofs: &'a [CodeProof],
        rule: &'a LockRule,
        now: Timestamp,
    ) -> Self {
        Self { key, challenge, numbers: Some(numbers), proofs, rule, now }
    }

    /// Leaves it to the caller to compare the number of the challenge.
    #[must_use]
    pub const fn for_any_number(mut self) -> Self {
        self.numbers = None;
        self
    }
}

/// Request to release an attempt that was counted and turned out not to be a failure.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReleaseAttempt<'a> {
    /// Owner of the challenge.
    pub key: Key<'a>,
    /// Identifier of the challenge.
    pub challenge: &'a ChallengeId,
    /// Number of the attempt, as the reservation returned it.
    pub attempt: u32,
    /// Number of the count of failures that contains the attempt, as the reservation returned it.
    pub era: u64,
    /// True if the code did not reach the provider. The attempt is then returned to its challenge too.
    pub unsent: bool,
    /// Rule for locking the user.
    pub rule: &'a LockRule,
    /// Current time.
    pub now: Timestamp,
}

impl<'a> ReleaseAttempt<'a> {
    /// Creates a request for an attempt whose code reached the provider, for tests of a store.
    #[must_use]
    pub const fn new(
        key: Key<'a>,
        challenge: &'a ChallengeId,
        attempt: u32,
        era: u64,
        rule: &'a LockRule,
        now: Timestamp,
    ) -> Self {
        Self { key, challenge, attempt, era, unsent: false, rule, now }
    }

    /// States that the code did not reach the provider.
    #[must_use]
    pub const fn unsent(mut self) -> Self {
        self.unsent = true;
        self
    }
}

/// Outcome of reserving an attempt.
#[derive(Clone, Debug)]
#[must_use]
pub enum AttemptReservation {
    /// The attempt was counted. The provider must verify the code.
    Reserved {
        /// Challenge after this attempt.
        challenge: Box<Challenge>,
        /// Number that tells the attempt from all others on its challenge, before and after it. Unlike
        /// [`attempts_used`](Challenge::attempts_used), it is not used again after an attempt was released.
        attempt: u32,
        /// Consecutive failures of the user, including this attempt.
        failures: u32,
        /// Lock of the user if this attempt is a failure.
        lock: Lock,
        /// Number of the count of failures that contains the attempt. Pass it to
        /// [`release_attempt`](crate::store::MfaStore::release_attempt) within ten minutes or not at all.
        era: u64,
    },
    /// The attempt was counted, and the code is wrong, because another code has redeemed the challenge. The provider
    /// does not have to be called.
    Rejected {
        /// Challenge after this attempt.
        challenge: Box<Challenge>,
        /// Consecutive failures of the user, including this attempt.
        failures: u32,
        /// Lock of the user.
        lock: Lock,
    },
    /// Nothing was counted. This code has redeemed the challenge before, and the grant that it made is still
    /// live.
    Repeated(Box<Repeat>),
    /// Nothing was counted. The challenge is live, the request names no number, and the attempt would lock or disable the
    /// user if it failed. Reserve it again with the number on file, so that nothing locks the user while it is queried.
    NumberNeeded,
    /// Nothing was counted. There is no such challenge for this user, session, scope and number, or it is over.
    Over,
    /// Nothing was counted. The user is locked or disabled. Never [`Lock::Unlocked`].
    Locked(Lock),
}
