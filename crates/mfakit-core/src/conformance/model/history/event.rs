//! Events in the history of one user.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    clock::Timestamp,
    conformance::test_user::TestUser,
    grant::GrantRecord,
    kept_action::KeptAction,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::{GrantState, Revocation},
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
    /// An action was kept, and these were replaced.
    ActionKept {
        action: KeptAction,
        replaced: Vec<ApprovalId>,
    },
    /// An action was there already.
    ActionKeptAgain {
        id: ApprovalId,
        until: Timestamp,
    },
    SendReserved {
        id: ChallengeId,
        owner: Owner,
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
        owner: Owner,
        grant: GrantRecord,
        proof: CodeProof,
        nonce: GrantNonce,
    },
    Consumed(Owner, Timestamp),
    Revoked(Revocation),
    Unlocked,
}

/// Session, scope and approval of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::conformance::model) struct Owner {
    pub(super) login: LoginId,
    pub(super) scope: Scope,
    pub(super) approval: Option<ApprovalId>,
}

impl Owner {
    pub(in crate::conformance::model) fn new(user: &TestUser) -> Self {
        let approval = user.approval.map(|approval| approval.id);
        Self { login: user.login, scope: user.scope, approval }
    }

    pub(super) fn of_challenge(challenge: &Challenge) -> Self {
        let approval = challenge.approval.map(|approval| approval.id);
        Self { login: challenge.login, scope: challenge.scope, approval }
    }

    pub(super) fn of_grant(state: &GrantState) -> Self {
        let approval = state.grant.approval.map(|approval| approval.id);
        Self { login: state.login, scope: state.scope, approval }
    }

    pub(super) fn of_action(action: &KeptAction) -> Self {
        Self { login: action.login, scope: action.scope, approval: Some(action.approval.id) }
    }

    pub(super) fn is_covered_by(&self, revocation: &Revocation) -> bool {
        revocation.covers(&self.login, &self.scope, self.approval.as_ref())
    }

    /// Returns whether this is the approval of one of these actions.
    pub(super) fn is_among(&self, actions: &[ApprovalId]) -> bool {
        self.approval.is_some_and(|id| actions.contains(&id))
    }
}

/// Challenge as a request names it: by its id, and by the owner that it must have.
#[derive(Clone, Copy)]
pub(in crate::conformance::model) struct ChallengeKey {
    pub(super) id: ChallengeId,
    pub(super) owner: Owner,
}

impl ChallengeKey {
    pub(in crate::conformance::model) fn new(id: ChallengeId, user: &TestUser) -> Self {
        Self { id, owner: Owner::new(user) }
    }

    pub(super) fn names(&self, challenge: &Challenge) -> bool {
        challenge.id == self.id && Owner::of_challenge(challenge) == self.owner
    }
}
