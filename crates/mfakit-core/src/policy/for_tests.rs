//! Limits for the tests of apps.

use std::time::Duration;

use crate::{limit::Limit, policy::Policy};

/// More events than a test can cause.
const NO_LIMIT: u32 = u32::MAX;

impl Policy {
    /// Returns limits under which a test suite never has to wait: no cool-down, no budgets and no locks. The other
    /// settings have their defaults.
    ///
    /// Set what a test is about, such as `.lock_after(2)`. The allowed ranges of the cool-down, the budgets and the locks
    /// do not apply. All other ranges do.
    ///
    /// The `testing` feature enables this function. An app must not use it outside its tests: without budgets, anyone can
    /// have it send any number of messages.
    ///
    /// ```
    /// use std::time::Duration;
    /// use mfakit_core::Policy;
    ///
    /// let unlimited = Policy::for_tests();
    /// let one_second = Policy::for_tests().cool_down([Duration::from_secs(1)]);
    /// let locks_early = Policy::for_tests().lock_after(2).lock_for(Duration::from_secs(60));
    /// # let _ = (unlimited, one_second, locks_early);
    /// ```
    pub fn for_tests() -> Self {
        // The shortest window, so that a store forgets the sends of a suite soon.
        let unlimited = [Limit::new(NO_LIMIT, Duration::from_secs(60))];
        Self { for_tests: true, ..Self::default() }
            .cool_down([])
            .sends_per_login_and_scope(unlimited)
            .sends_per_user(unlimited)
            .sends_per_number(unlimited)
            .sends_per_address(unlimited)
            .sends_per_block(unlimited)
            .sends_per_unconfirmed_number(unlimited)
            .recovery_attempts_per_user(unlimited)
            .recovery_attempts_per_address(unlimited)
            .lock_after(NO_LIMIT)
            .disable_after(NO_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::InvalidPolicy;

    #[test]
    fn only_the_policy_for_tests_may_be_without_limits() {
        assert_eq!(Policy::for_tests().check(), Ok(()));
        assert_eq!(Policy::for_tests().lock_after(2).cool_down([Duration::from_secs(1)]).check(), Ok(()));
        assert_eq!(Policy::default().cool_down([]).check(), Err(InvalidPolicy::CoolDown));
        let unlocked = Policy::default().lock_after(NO_LIMIT).disable_after(NO_LIMIT);
        assert_eq!(unlocked.check(), Err(InvalidPolicy::LockAfter { failures: NO_LIMIT }));
    }

    #[test]
    fn the_other_ranges_apply_to_tests_as_well() {
        assert_eq!(Policy::for_tests().lock_after(0).check(), Err(InvalidPolicy::LockAfter { failures: 0 }));
        assert_eq!(Policy::for_tests().code_digits(4).check(), Err(InvalidPolicy::CodeDigits { digits: 4 }));
        assert_eq!(Policy::for_tests().attempts(6).check(), Err(InvalidPolicy::Attempts { attempts: 6 }));
    }
}
