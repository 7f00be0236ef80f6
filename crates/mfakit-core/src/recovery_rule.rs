//! Limits on recovery.

use std::time::Duration;

use crate::limit::Limit;

/// One hour.
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
/// One day.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Limits on recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecoveryRule {
    /// Time between the app's permission and its begin.
    pub(crate) wait: Duration,
    /// Time for which the app's permission lasts after its begin.
    pub(crate) window: Duration,
    pub(crate) per_user: Vec<Limit>,
    pub(crate) per_address: Vec<Limit>,
}

impl Default for RecoveryRule {
    fn default() -> Self {
        Self {
            wait: DAY,
            window: 3 * DAY,
            per_user: vec![Limit::new(5, HOUR), Limit::new(10, DAY)],
            per_address: vec![Limit::new(20, HOUR)],
        }
    }
}
