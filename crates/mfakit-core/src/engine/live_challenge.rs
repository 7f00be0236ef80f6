//! A challenge, as shown to its owner.

use std::time::Duration;

use crate::{
    action::ApprovalId, challenge::Challenge, challenge_ref::ChallengeRef, channel::Channel,
    clock::Timestamp, token::ChallengeId,
};

/// Challenge that still accepts a code, as shown to its owner.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveChallenge {
    /// The challenge's id, which must be sent back with the code.
    pub id: ChallengeId,
    /// The approval that the code gives. `None` if the challenge is not bound to an action. It must be sent back with the
    /// code as well: see [`reference`](Self::reference).
    pub approval: Option<ApprovalId>,
    /// The channel of the code.
    pub channel: Channel,
    /// The number that the code was sent to, with all but the last two digits hidden: `•••34`.
    pub sent_to: String,
    /// Time for which a code is accepted.
    pub expires_in: Duration,
    /// Time to wait for the next code.
    pub resend_in: Duration,
    /// Number of attempts left.
    pub attempts_left: u32,
    /// The page that the user requested, signed.
    pub return_to: Option<String>,
}

impl LiveChallenge {
    /// Returns what [`Mfa::verify`](crate::engine::Mfa::verify) needs to find the challenge.
    #[must_use]
    pub fn reference(&self) -> ChallengeRef {
        ChallengeRef::from(self.id).approval(self.approval)
    }

    pub(crate) fn seen(challenge: &Challenge, now: Timestamp) -> Self {
        Self {
            id: challenge.id,
            approval: challenge.approval.map(|approval| approval.id),
            channel: challenge.method.sent_over(),
            sent_to: challenge.sent_to(),
            expires_in: challenge.expires_at.since(now),
            resend_in: challenge.resend_at.since(now),
            attempts_left: challenge.attempts_left(),
            return_to: challenge.return_to.clone(),
        }
    }
}

impl From<&LiveChallenge> for ChallengeRef {
    fn from(live: &LiveChallenge) -> Self {
        live.reference()
    }
}
