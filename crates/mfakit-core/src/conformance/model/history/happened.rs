//! Events in the history of one user.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::Revocation,
    subject::LoginId,
    token::ChallengeId,
};

/// One event of a user's history.
#[derive(Clone, Debug)]
pub(super) enum Happened {
    Reserved {
        id: ChallengeId,
        login: LoginId,
        scope: Scope,
        at: Timestamp,
        resend_at: Timestamp,
    },
    Released(ChallengeId),
    Opened(Challenge),
    Attempted {
        id: ChallengeId,
        number: u32,
        proof: CodeProof,
        at: Timestamp,
        forget_after: Duration,
    },
    Settled {
        id: ChallengeId,
        number: u32,
    },
    GivenBack {
        attempt: usize,
    },
    /// A right code is not a guess, so the attempt that it was counted as is given back to its challenge.
    AttemptReturned(ChallengeId),
    NumberChanged(ChallengeId),
    Redeemed {
        id: ChallengeId,
        login: LoginId,
        scope: Scope,
        grant: GrantRecord,
        proof: CodeProof,
        nonce: GrantNonce,
    },
    Consumed {
        login: LoginId,
        scope: Scope,
    },
    Revoked(Revocation),
    Unlocked,
}
