//! Events in the history of one user.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::test_user::TestUser,
    grant::GrantRecord,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::Revocation,
    subject::LoginId,
    token::ChallengeId,
};

/// Events of one user, oldest first. Each verb of the port is a method that adds at most one event.
#[derive(Debug, Default)]
pub(in crate::conformance::model) struct History {
    pub(super) events: Vec<Event>,
}

/// One event of a user's history.
#[derive(Clone, Debug)]
pub(super) enum Event {
    SendReserved {
        id: ChallengeId,
        login: LoginId,
        scope: Scope,
        at: Timestamp,
        resend_at: Timestamp,
    },
    SendReleased(ChallengeId),
    ChallengeOpened(Challenge),
    /// An attempt was counted, against the challenge and against the user.
    Attempted {
        id: ChallengeId,
        /// Number of the attempt on its challenge.
        number: u32,
        proof: CodeProof,
        at: Timestamp,
        forget_after: Duration,
    },
    /// The outcome of an attempt is known, and it did not redeem its challenge.
    AttemptSettled {
        id: ChallengeId,
        number: u32,
    },
    /// The failure of an attempt was removed from the user's count. The challenge keeps it.
    FailureReleased {
        /// Position of the attempt in the history.
        attempt: usize,
    },
    /// An attempt turned out not to have reached the provider. Neither the user nor the challenge keeps it.
    AttemptUnsent {
        /// Position of the attempt in the history.
        attempt: usize,
        id: ChallengeId,
        /// Number of the attempt on its challenge.
        number: u32,
    },
    /// A right code is not a guess, so the attempt that was counted for it is returned to its challenge.
    AttemptReturned(ChallengeId),
    /// A challenge ended because a different number is on file.
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

/// Challenge as a request names it: by its id, and by the session and scope that it must belong to.
#[derive(Clone, Copy)]
pub(in crate::conformance::model) struct ChallengeKey {
    pub(super) id: ChallengeId,
    pub(super) login: LoginId,
    pub(super) scope: Scope,
}

impl ChallengeKey {
    pub(in crate::conformance::model) const fn new(id: ChallengeId, user: &TestUser) -> Self {
        Self { id, login: user.login, scope: user.scope }
    }

    pub(super) fn names(&self, challenge: &Challenge) -> bool {
        challenge.id == self.id && challenge.login == self.login && challenge.scope == self.scope
    }
}
