//! One attempt to type a code.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    lock::{Lock, LockRule},
    proof::CodeProof,
    store::{Key, Repeat},
    token::ChallengeId,
};

/// One attempt, to be counted.
#[derive(Clone, Copy, Debug)]
pub struct ReserveAttempt<'a> {
    /// Whose challenge it has to be.
    pub key: Key<'a>,
    /// Which one.
    pub challenge: &'a ChallengeId,
    /// The keyed hashes of the number that is on file now, one for each secret that still reads.
    pub numbers: &'a [[u8; 32]],
    /// Proofs of the code that was entered, one for each secret that still reads.
    pub proofs: &'a [CodeProof],
    /// When failures lock, and for how long.
    pub rule: &'a LockRule,
    /// What time it is.
    pub now: Timestamp,
}

/// Whether an attempt was counted.
#[derive(Clone, Debug)]
#[must_use]
pub enum AttemptReservation {
    /// It was.
    Reserved {
        /// The challenge as it stands after that.
        challenge: Box<Challenge>,
        /// The user's consecutive failures, this attempt among them.
        failures: u32,
        /// The user's lock, if this attempt is a failure.
        lock: Lock,
        /// Which count of failures it is in, to be passed to
        /// [`release_attempt`](crate::store::MfaStore::release_attempt), within ten minutes or not at all.
        era: u64,
    },
    /// The attempt was counted, and the code is wrong, because another code has redeemed the challenge. The
    /// provider need not be called.
    Rejected {
        /// The challenge after this attempt.
        challenge: Box<Challenge>,
        /// Consecutive failures of the user, including this attempt.
        failures: u32,
        /// Lock of the user.
        lock: Lock,
    },
    /// Nothing was counted. This code has redeemed the challenge before, and the grant that it made is still
    /// live.
    Repeated(Box<Repeat>),
    /// It was not: there is no such challenge for this user, log-in, scope and number, or it is over.
    Over,
    /// It was not: the user is locked or disabled. Never [`Lock::Open`].
    Locked(Lock),
}
