//! One send, in the user's part of a store.

use std::time::Duration;

use crate::{Challenge, ChallengeId, Key, Limit, Lock, Timestamp};

/// How often a user may be sent a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRule {
    /// How long to wait after the first send of the last hour, the second, and so on; the last value repeats.
    /// Sends before the user's last success do not count. Empty for no wait.
    pub cool_down: Vec<Duration>,
    /// How many for one log-in and scope. Sends before the user's last success do not count.
    pub per_login_and_scope: Vec<Limit>,
    /// How many for one user, over all log-ins, scopes and channels, whatever became of them.
    pub per_user: Vec<Limit>,
}

impl SendRule {
    /// How long ago a send may have been to count for the cool-down.
    pub const COUNTED_FOR: Duration = Duration::from_hours(1);

    /// The wait after this many sends, the newest included.
    #[must_use]
    pub fn wait_after(&self, sends: usize) -> Duration {
        let at = sends.saturating_sub(1);
        self.cool_down.get(at).or(self.cool_down.last()).copied().unwrap_or_default()
    }

    /// How long a send has to be kept.
    #[must_use]
    pub fn keep(&self) -> Duration {
        let waits = self.cool_down.iter().max().map_or(Duration::ZERO, |wait| Self::COUNTED_FOR.max(*wait));
        let budgets = Limit::longest(&self.per_login_and_scope).max(Limit::longest(&self.per_user));
        waits.max(budgets)
    }
}

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
