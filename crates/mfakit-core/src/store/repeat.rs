//! Right codes that are entered again.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    proof::{CodeProof, GrantNonce},
    store::Key,
    stored::stored,
    token::ChallengeId,
};

/// Everything that is needed to answer a repeated right code in the same way as the first time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repeat {
    /// Challenge that the code redeemed.
    pub challenge: Challenge,
    /// Grant that the code made, which is still live.
    pub grant: GrantRecord,
    /// Nonce that the grant's token is derived from.
    pub nonce: GrantNonce,
}

stored!(Repeat { challenge, grant, nonce });

impl Repeat {
    /// Creates a repeat, for a store.
    #[must_use]
    pub const fn new(challenge: Challenge, grant: GrantRecord, nonce: GrantNonce) -> Self {
        Self { challenge, grant, nonce }
    }
}

/// Search for the grant of the same code, by an attempt that did not redeem its challenge.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FindRepeat<'a> {
    /// Owner that the challenge must have.
    pub key: Key<'a>,
    /// Identifier of the challenge.
    pub challenge: &'a ChallengeId,
    /// Number of the attempt, as the reservation returned it.
    pub attempt: u32,
    /// Proofs of the code that was entered, one for each secret in the ring.
    pub proofs: &'a [CodeProof],
    /// Current time.
    pub now: Timestamp,
}

impl<'a> FindRepeat<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(
        key: Key<'a>,
        challenge: &'a ChallengeId,
        attempt: u32,
        proofs: &'a [CodeProof],
        now: Timestamp,
    ) -> Self {
        Self { key, challenge, attempt, proofs, now }
    }
}

/// Outcome of a [`FindRepeat`].
#[derive(Clone, Debug)]
#[must_use]
pub enum RepeatLookup {
    /// The code has redeemed the challenge in the meantime, and the grant is live. The attempt is returned to the
    /// challenge.
    Found(Box<Repeat>),
    /// The challenge is not redeemed yet, but another attempt with the same code is not settled and may
    /// redeem it.
    Pending,
    /// The code redeemed nothing, or the grant is no longer live.
    Nothing,
}
