//! One send, in the user's part of a store.

use crate::{
    challenge::Challenge, clock::Timestamp, lock::Lock, send_rule::SendRule, store::Key, token::ChallengeId,
};

/// One send, to be counted.
#[derive(Clone, Copy, Debug)]
pub struct ReserveSend<'a> {
    /// For whom.
    pub key: Key<'a>,
    /// The challenge that the send will open.
    pub challenge: &'a ChallengeId,
    /// How often the user may be sent a code.
    pub rule: &'a SendRule,
    /// What time it is.
    pub now: Timestamp,
}

/// Whether a send was counted.
#[derive(Clone, Debug)]
#[must_use]
pub enum SendReservation {
    /// It was.
    Reserved {
        /// When the next send for this log-in and scope may follow: after the cool-down, and when both budgets have
        /// room again.
        resend_at: Timestamp,
    },
    /// It was not: the send before is too recent, or a budget is used up.
    TooSoon {
        /// When the next send may follow.
        resend_at: Timestamp,
        /// Whether it is the cool-down that lasts the longest, and not a budget.
        cooling_down: bool,
        /// The live challenge of this log-in and scope, if there is one.
        live: Option<Box<Challenge>>,
    },
    /// It was not: the user is locked or disabled. Never [`Lock::Open`].
    Locked(Lock),
}

/// Whether a challenge is live now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum OpenOutcome {
    /// It is.
    Opened,
    /// It was revoked while its code was on the way.
    Over,
}
