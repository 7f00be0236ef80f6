//! Reserving a send against the limits of its user, and opening its challenge.

use crate::{
    challenge::Challenge, clock::Timestamp, kept_action::KeptAction, lock::Lock, send_rule::SendRule,
    store::Key, token::ChallengeId,
};

/// Request to count one send.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReserveSend<'a> {
    /// User, session and scope of the send, and its approval if the challenge is bound to an action. The budget of the
    /// session and scope counts sends for every approval.
    pub key: Key<'a>,
    /// Challenge that the send will open.
    pub challenge: &'a ChallengeId,
    /// Limits on the codes that are sent to the user.
    pub rule: &'a SendRule,
    /// Current time.
    pub now: Timestamp,
}

impl<'a> ReserveSend<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(key: Key<'a>, challenge: &'a ChallengeId, rule: &'a SendRule, now: Timestamp) -> Self {
        Self { key, challenge, rule, now }
    }
}

/// Outcome of reserving a send.
#[derive(Clone, Debug)]
#[must_use]
pub enum SendReservation {
    /// The send was counted.
    Reserved {
        /// Time of the next send for this session and scope: after the cool-down, and when both budgets have
        /// room again.
        resend_at: Timestamp,
        /// Action of the approval in the key, which the challenge is for. `None` if the key has no approval.
        action: Option<Box<KeptAction>>,
    },
    /// Nothing was counted. The action of the approval in the key is gone: it has expired, was carried out, revoked or
    /// replaced, or it never was this session's and scope's.
    NoAction,
    /// Nothing was counted. The previous send is too recent, or a budget is exhausted.
    TooSoon {
        /// Time of the next send.
        resend_at: Timestamp,
        /// True if the cool-down causes the longest wait, false if a budget does.
        cooling_down: bool,
        /// Live challenge of this session, scope and approval, if there is one.
        live: Option<Box<Challenge>>,
    },
    /// Nothing was counted. The user is locked or disabled. Never [`Lock::Unlocked`].
    Locked(Lock),
}

/// Outcome of opening a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum OpenOutcome {
    /// The challenge is live.
    Opened,
    /// The challenge was revoked while its code was being sent, or the action of its approval is gone.
    Over,
}
