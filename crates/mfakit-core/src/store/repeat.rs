//! A code that was right, entered again.

use crate::{Challenge, ChallengeId, CodeProof, GrantNonce, GrantRecord, Key, Timestamp};

/// Everything that is needed to answer a code that was right before like the first time.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The challenge that the code redeemed.
    pub challenge: Challenge,
    /// The grant that the code made, which is still live.
    pub grant: GrantRecord,
    /// The nonce that the grant's token is derived from.
    pub nonce: GrantNonce,
}

/// Search for the grant of the same code, by an attempt that did not redeem its challenge.
#[derive(Clone, Copy, Debug)]
pub struct FindRepeat<'a> {
    /// Owner of the challenge.
    pub key: Key<'a>,
    /// The challenge.
    pub challenge: &'a ChallengeId,
    /// Number of the attempt: the challenge's `attempts_used` when it was counted.
    pub attempt: u32,
    /// The proofs of the code that was entered, one for each secret that still reads.
    pub proofs: &'a [CodeProof],
    /// The current time.
    pub now: Timestamp,
}

/// Result of a [`FindRepeat`].
#[derive(Clone, Debug)]
#[must_use]
pub enum RepeatSearch {
    /// The code redeemed the challenge meanwhile, and the grant is live. The attempt is given back to the challenge.
    Found(Box<Repeat>),
    /// The challenge is not redeemed yet, but another attempt with the same code is not settled: it may be about to.
    Pending,
    /// The code redeemed nothing, or the grant is no longer live.
    Nothing,
}
