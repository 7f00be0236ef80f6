//! Wrong codes of one user in a row, and the lock that follows.
//!
//! ```text
//!          reserve: one more, before the provider is asked
//!    ┌───────────────────────────────────────────────────────┐
//!    ▼          every 10th                        the 50th    │
//!  open ───────────────────► locked ── time ──► open ──────► disabled
//!    ▲                          │                               │
//!    └──────────────────────────┴──── success, unlock ──────────┘
//! ```
//!
//! 1. An attempt counts as a failure from the moment it is reserved, so that attempts that run at the same time
//!    cannot exceed a lock. Given back when the provider did not say [`Rejected`](crate::provider::Verdict::Rejected), it
//!    leaves the lock as it would be without it.
//! 2. Only a success or [`unlock`](crate::store::MfaStore::unlock) begins anew; a resend, another channel, another log-in
//!    and the passing of less than [`forget_after`](LockRule::forget_after) do not (NIST SP 800-63B-4, 3.2.2).
//! 3. Whoever is disabled stays so until `unlock`.

use std::time::Duration;

use crate::clock::Timestamp;

/// When failures lock, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRule {
    /// Every so many consecutive failures lock.
    pub lock_after: u32,
    /// For how long the first time; each further lock lasts twice as long.
    pub lock_for: Duration,
    /// No lock lasts longer.
    pub longest_lock: Duration,
    /// So many consecutive failures disable.
    pub disable_after: u32,
    /// How long after the last failure, of one who is not disabled, the count begins anew.
    pub forget_after: Duration,
}

impl LockRule {
    /// How long the lock lasts that this many failures bring; `None` where they bring none.
    #[must_use]
    pub fn lock_of(&self, failures: u32) -> Option<Duration> {
        if failures == 0 || !failures.is_multiple_of(self.lock_after) {
            return None;
        }
        let doublings = (failures / self.lock_after - 1).min(31);
        Some(self.lock_for.saturating_mul(1 << doublings).min(self.longest_lock))
    }

    /// Whether this many failures disable.
    #[must_use]
    pub const fn disables(&self, failures: u32) -> bool {
        failures >= self.disable_after
    }

    /// How many more failures until the next lock, or until disabled.
    #[must_use]
    pub const fn until_next(&self, failures: u32) -> u32 {
        let until_lock = self.lock_after - failures % self.lock_after;
        let until_disabled = self.disable_after.saturating_sub(failures);
        if until_lock < until_disabled { until_lock } else { until_disabled }
    }
}

/// Whether a user may try codes and be sent any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// They may.
    #[default]
    Open,
    /// Not before this time.
    Until(Timestamp),
    /// Not before [`unlock`](crate::engine::Mfa::unlock).
    Disabled,
}

impl Lock {
    /// How long to wait; `None` where no wait helps, or none is needed.
    #[must_use]
    pub const fn retry_after(self, now: Timestamp) -> Option<Duration> {
        match self {
            Self::Until(end) => Some(end.since(now)),
            Self::Open | Self::Disabled => None,
        }
    }
}

/// The consecutive failures of one user: what a store keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    count: u32,
    /// Counts how often the count began anew, so that nothing is given back to a later one.
    era: u64,
    last_at: Timestamp,
    lock: Lock,
}

impl Failures {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Which count this is; to be passed to [`give_back`](Self::give_back).
    #[must_use]
    pub const fn era(&self) -> u64 {
        self.era
    }

    /// Whether a code may be tried or sent at this time.
    #[must_use]
    pub fn lock(&self, now: Timestamp) -> Lock {
        match self.lock {
            Lock::Until(end) if now >= end => Lock::Open,
            lock => lock,
        }
    }

    /// Counts one more, before anybody knows whether it is one. The caller has looked at [`lock`](Self::lock).
    pub fn reserve(&mut self, rule: &LockRule, now: Timestamp) {
        if self.is_forgotten(rule, now) {
            self.clear();
        }
        self.count = self.count.saturating_add(1);
        self.last_at = now;
        if rule.disables(self.count) {
            self.lock = Lock::Disabled;
        } else if let Some(lasts) = rule.lock_of(self.count) {
            self.lock = Lock::Until(now.plus(lasts));
        }
    }

    /// Gives one back that was reserved in `era` and turned out to be no failure, with the lock it brought.
    pub fn give_back(&mut self, rule: &LockRule, era: u64) {
        if era != self.era || self.count == 0 {
            return;
        }
        if rule.disables(self.count) || rule.lock_of(self.count).is_some() {
            self.lock = Lock::Open;
        }
        self.count -= 1;
    }

    /// Begins anew: after a success, or by the app's `unlock`.
    pub const fn clear(&mut self) {
        *self = Self { count: 0, era: self.era + 1, last_at: Timestamp::from_millis(0), lock: Lock::Open };
    }

    /// Whether nothing need be kept of them any longer.
    #[must_use]
    pub fn is_forgotten(&self, rule: &LockRule, now: Timestamp) -> bool {
        self.lock != Lock::Disabled && (self.count == 0 || now >= self.last_at.plus(rule.forget_after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: LockRule = LockRule {
        lock_after: 10,
        lock_for: Duration::from_mins(30),
        longest_lock: Duration::from_hours(24),
        disable_after: 50,
        forget_after: Duration::from_hours(30 * 24),
    };

    fn after(failures: u32, now: Timestamp) -> Failures {
        let mut kept = Failures::default();
        (0..failures).for_each(|_| kept.reserve(&RULE, now));
        kept
    }

    #[test]
    fn every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables() {
        let now = Timestamp::from_millis(1_000_000);
        for (failures, lock) in [
            (9, Lock::Open),
            (10, Lock::Until(now.plus(Duration::from_mins(30)))),
            (20, Lock::Until(now.plus(Duration::from_hours(1)))),
            (40, Lock::Until(now.plus(Duration::from_hours(4)))),
            (50, Lock::Disabled),
            (51, Lock::Disabled),
        ] {
            assert_eq!(after(failures, now).lock(now), lock, "{failures}");
        }
        assert_eq!(after(10, now).lock(now.plus(Duration::from_mins(30))), Lock::Open);
        assert_eq!(after(50, now).lock(now.plus(Duration::from_hours(9000))), Lock::Disabled);
    }

    #[test]
    fn what_is_given_back_takes_its_lock_with_it() {
        let now = Timestamp::from_millis(1_000_000);
        for failures in [10, 20, 50] {
            let mut kept = after(failures, now);
            kept.give_back(&RULE, kept.era());
            assert_eq!((kept.count(), kept.lock(now)), (failures - 1, Lock::Open), "{failures}");
        }
    }

    #[test]
    fn nothing_is_given_back_to_a_count_that_began_anew() {
        let now = Timestamp::from_millis(1_000_000);
        let mut kept = after(3, now);
        let era = kept.era();
        kept.clear();
        kept.reserve(&RULE, now);
        kept.give_back(&RULE, era);
        assert_eq!(kept.count(), 1);
    }

    #[test]
    fn failures_are_forgotten_thirty_days_after_the_last_unless_disabled() {
        let now = Timestamp::from_millis(1_000_000);
        let (almost, then) = (now.plus(Duration::from_hours(719)), now.plus(Duration::from_hours(720)));
        let mut kept = after(9, now);
        assert!(!kept.is_forgotten(&RULE, almost) && kept.is_forgotten(&RULE, then));
        kept.reserve(&RULE, then);
        assert_eq!((kept.count(), kept.lock(then)), (1, Lock::Open));
        assert!(!after(50, now).is_forgotten(&RULE, then));
    }

    #[test]
    fn it_is_known_how_many_tries_are_left() {
        for (failures, left) in [(0, 10), (9, 1), (10, 10), (41, 9), (49, 1), (50, 0)] {
            assert_eq!(RULE.until_next(failures), left, "{failures}");
        }
    }
}
