//! Limits of the messages to one user.

use std::time::Duration;

use crate::limit::Limit;

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
