//! Limits on recovery.

use std::time::Duration;

use crate::{
    limit::Limit,
    policy::{InvalidPolicy, Policy, ranges::check_budget},
    recovery_rule::{DAY, HOUR, RecoveryRule},
};

impl Policy {
    /// Sets the time between [`Recovery::allow`](crate::engine::Recovery::allow) and the begin of the permission. In this time, the
    /// owner can object.
    pub const fn recovery_wait(mut self, wait: Duration) -> Self {
        self.recovery.wait = wait;
        self
    }

    /// Sets the time for which a person may replace the number after [`recovery_wait`](Self::recovery_wait).
    pub const fn recovery_window(mut self, window: Duration) -> Self {
        self.recovery.window = window;
        self
    }

    /// Limits the attempts to use a recovery code for one user. Right codes count too.
    pub fn recovery_attempts_per_user(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.recovery.per_user = limits.into_iter().collect();
        self
    }

    /// Limits the attempts to use a recovery code from one client address; for IPv6, its /64. Applies only if
    /// [`client_address`](crate::engine::MfaBuilder::client_address) is set.
    pub fn recovery_attempts_per_address(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.recovery.per_address = limits.into_iter().collect();
        self
    }

    pub(super) fn check_recovery(&self) -> Result<(), InvalidPolicy> {
        let RecoveryRule { wait, window, per_user, per_address } = &self.recovery;
        if *wait > 30 * DAY {
            return Err(InvalidPolicy::RecoveryWait { wait: *wait });
        }
        if !(HOUR / 6..=30 * DAY).contains(window) {
            return Err(InvalidPolicy::RecoveryWindow { window: *window });
        }
        if self.is_for_tests() {
            return Ok(());
        }
        check_budget("recovery_attempts_per_user", per_user)?;
        check_budget("recovery_attempts_per_address", per_address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_on_recovery_have_ranges() {
        let check = |policy: Policy| policy.check();
        assert_eq!(check(Policy::default().recovery_wait(Duration::ZERO).recovery_window(HOUR)), Ok(()));
        let (wait, window) = (31 * DAY, Duration::from_secs(599));
        assert_eq!(check(Policy::default().recovery_wait(wait)), Err(InvalidPolicy::RecoveryWait { wait }));
        assert_eq!(
            check(Policy::default().recovery_window(window)),
            Err(InvalidPolicy::RecoveryWindow { window })
        );
        let per_user = "recovery_attempts_per_user";
        assert_eq!(
            check(Policy::default().recovery_attempts_per_user([])),
            Err(InvalidPolicy::Budget { setting: per_user })
        );
        let many = [Limit::new(5000, HOUR)];
        assert!(check(Policy::default().recovery_attempts_per_address(many)).is_err());
    }
}
