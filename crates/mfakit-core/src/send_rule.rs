//! Limits on the messages to one user.

use std::time::Duration;

use crate::limit::Limit;

/// Limits on the codes that are sent to one user.
///
/// Exhaustive on purpose: a store that ignored a new part of the rule would not enforce it.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::store::SendRule;
///
/// let waits = [30, 60, 120].map(Duration::from_secs);
/// let rule = SendRule { cool_down: waits.into(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
/// assert_eq!(rule.wait_after(1), Duration::from_secs(30));
/// assert_eq!(rule.wait_after(9), Duration::from_secs(120));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRule {
    /// Waits after the first send of the last hour, the second, and so on. The last value repeats. Sends
    /// before the user's last success do not count. Empty if there is no wait.
    pub cool_down: Vec<Duration>,
    /// Limits on the sends for one session and scope. Sends before the user's last success do not count.
    pub per_login_and_scope: Vec<Limit>,
    /// Limits on the sends for one user, across all sessions, scopes and channels, whatever their outcome.
    pub per_user: Vec<Limit>,
}

impl SendRule {
    /// Maximum age of a send that counts toward the cool-down.
    pub const COUNTED_FOR: Duration = Duration::from_secs(60 * 60);

    /// Returns the wait after this many sends, including the newest.
    #[must_use]
    pub fn wait_after(&self, sends: usize) -> Duration {
        let at = sends.saturating_sub(1);
        self.cool_down.get(at).or(self.cool_down.last()).copied().unwrap_or_default()
    }

    /// Returns how long a send must be kept.
    #[must_use]
    pub fn keep(&self) -> Duration {
        let waits = self.cool_down.iter().max().map_or(Duration::ZERO, |wait| Self::COUNTED_FOR.max(*wait));
        let budgets = Limit::longest(&self.per_login_and_scope).max(Limit::longest(&self.per_user));
        waits.max(budgets)
    }
}
