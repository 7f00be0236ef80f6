//! Consecutive wrong codes of one user, and the locks that follow.
//!
//! ```text
//!          reserve: one more, before the provider is called
//!    ┌───────────────────────────────────────────────────────┐
//!    ▼          every 10th                        the 50th    │
//!  open ───────────────────► locked ── time ──► open ──────► disabled
//!    ▲                          │                               │
//!    └──────────────────────────┴──── success, unlock ──────────┘
//! ```
//!
//! 1. An attempt counts as a failure from the moment it is reserved, so that concurrent attempts cannot exceed a lock.
//!    It is removed from the count if the provider did not return [`Rejected`](crate::provider::Verdict::Rejected). The
//!    lock is then what it would be without the attempt.
//! 2. Only a success or [`unlock`](crate::store::MfaStore::unlock) resets the count. A resend, another channel,
//!    another session, and less time than [`forget_after`](LockRule::forget_after) do not (NIST SP 800-63B-4, 3.2.2).
//! 3. A disabled user stays disabled until `unlock`.

use std::time::Duration;

use crate::{
    clock::{Timestamp, whole_seconds},
    stored::{Stored, stored},
};

/// Rule for locking a user after consecutive failures.
///
/// Exhaustive on purpose: a store that ignored a new part of the rule would not enforce it.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::store::LockRule;
///
/// let rule = LockRule {
///     lock_after: 10,
///     lock_for: Duration::from_secs(1800),
///     longest_lock: Duration::from_secs(24 * 60 * 60),
///     disable_after: 50,
///     forget_after: Duration::from_secs(30 * 24 * 60 * 60),
/// };
/// assert_eq!(rule.lock_of(10), Some(Duration::from_secs(1800)));
/// assert_eq!(rule.lock_of(20), Some(Duration::from_secs(3600)));
/// assert_eq!(rule.until_next(8), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRule {
    /// Number of consecutive failures after which the user is locked. Each further group of this size locks again.
    pub lock_after: u32,
    /// Duration of the first lock. Each further lock lasts twice as long.
    pub lock_for: Duration,
    /// Maximum duration of a lock.
    pub longest_lock: Duration,
    /// Number of consecutive failures after which the user is disabled.
    pub disable_after: u32,
    /// Time after the last failure at which the count resets, unless the user is disabled.
    pub forget_after: Duration,
}

impl LockRule {
    /// Returns the duration of the lock that this many failures cause, or `None` if they cause none.
    #[must_use]
    pub fn lock_of(&self, failures: u32) -> Option<Duration> {
        if failures == 0 || !failures.is_multiple_of(self.lock_after) {
            return None;
        }
        let doublings = (failures / self.lock_after - 1).min(31);
        Some(self.lock_for.saturating_mul(1 << doublings).min(self.longest_lock))
    }

    /// Returns whether this many failures disable the user.
    #[must_use]
    pub const fn disables(&self, failures: u32) -> bool {
        failures >= self.disable_after
    }

    /// Returns the number of further failures that lock or disable the user.
    #[must_use]
    pub const fn until_next(&self, failures: u32) -> u32 {
        let until_lock = self.lock_after - failures % self.lock_after;
        let until_disabled = self.disable_after.saturating_sub(failures);
        if until_lock < until_disabled { until_lock } else { until_disabled }
    }
}

/// Lock of a user. A locked user can neither enter codes nor request any.
///
/// Exhaustive on purpose: a missed case would let a locked user try codes.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Timestamp, store::Lock};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let lock = Lock::Until(now + Duration::from_secs(1800));
/// assert_eq!(lock.retry_after(now), Some(Duration::from_secs(1800)));
/// assert_eq!(Lock::Disabled.retry_after(now), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// The user is not locked.
    #[default]
    Unlocked,
    /// The user is locked until this time.
    Until(Timestamp),
    /// The user is locked until the app calls [`unlock`](crate::engine::Mfa::unlock).
    Disabled,
}

impl Lock {
    /// Returns the time to wait, or `None` if no wait is needed or waiting does not help.
    #[must_use]
    pub const fn retry_after(self, now: Timestamp) -> Option<Duration> {
        match self {
            Self::Until(end) => Some(end.since(now)),
            Self::Unlocked | Self::Disabled => None,
        }
    }
}

/// Returns what ends a lock with this wait, for the log.
pub(crate) fn remedy(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!("retry after {} s", whole_seconds(wait)),
        None => "only `Mfa::unlock` ends this".to_owned(),
    }
}

/// Consecutive failures of one user, as a store keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    count: u32,
    /// Number of resets, so that nothing is removed from a later count.
    era: u64,
    last_at: Timestamp,
    lock: Lock,
}

stored!(Failures { count, era, last_at, lock });

impl Stored for Lock {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Unlocked => 0_u8.write(to),
            Self::Until(end) => {
                1_u8.write(to);
                end.write(to);
            }
            Self::Disabled => 2_u8.write(to),
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(Self::Unlocked),
            1 => Timestamp::read(from).map(Self::Until),
            2 => Some(Self::Disabled),
            _ => None,
        }
    }
}

impl Failures {
    /// Creates a count of zero with this number.
    pub(crate) const fn beginning(era: u64) -> Self {
        Self { count: 0, era, last_at: Timestamp::from_millis(0), lock: Lock::Unlocked }
    }

    /// Returns whether nothing is counted and there is no lock.
    pub(crate) fn is_clear(&self) -> bool {
        self.count == 0 && self.lock == Lock::Unlocked
    }

    /// Returns the time at which the lock ends, even if it has passed. Never for a disabled user, and the beginning of
    /// time if there was no lock.
    pub(crate) const fn locked_until(&self) -> Timestamp {
        match self.lock {
            Lock::Unlocked => Timestamp::from_millis(0),
            Lock::Until(end) => end,
            Lock::Disabled => Timestamp::from_millis(u64::MAX),
        }
    }

    /// Returns the number of failures.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Returns the number of the current count, for [`give_back`](Self::give_back). Each reset begins a new one.
    #[must_use]
    pub const fn era(&self) -> u64 {
        self.era
    }

    /// Returns the lock at this time.
    #[must_use]
    pub fn lock(&self, now: Timestamp) -> Lock {
        match self.lock {
            Lock::Until(end) if now >= end => Lock::Unlocked,
            lock => lock,
        }
    }

    /// Counts one more failure, before its outcome is known. The caller has checked [`lock`](Self::lock).
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

    /// Returns whether one more failure would lock or disable the user.
    #[must_use]
    pub fn next_locks(&self, rule: &LockRule, now: Timestamp) -> bool {
        let counted = if self.is_forgotten(rule, now) { 0 } else { self.count };
        rule.until_next(counted) <= 1
    }

    /// Removes one failure that was reserved in `era` and turned out not to be one, with the lock that it caused.
    pub fn give_back(&mut self, rule: &LockRule, era: u64) {
        if era != self.era || self.count == 0 {
            return;
        }
        if rule.disables(self.count) || rule.lock_of(self.count).is_some() {
            self.lock = Lock::Unlocked;
        }
        self.count -= 1;
    }

    /// Resets the count and the lock, after a success or by the app's `unlock`.
    pub const fn clear(&mut self) {
        *self = Self::beginning(self.era + 1);
    }

    /// Returns whether the failures no longer have to be kept.
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
        lock_for: Duration::from_secs(30 * 60),
        longest_lock: Duration::from_secs(24 * 60 * 60),
        disable_after: 50,
        forget_after: Duration::from_secs(30 * 24 * 60 * 60),
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
            (9, Lock::Unlocked),
            (10, Lock::Until(now.plus(Duration::from_secs(30 * 60)))),
            (20, Lock::Until(now.plus(Duration::from_secs(60 * 60)))),
            (40, Lock::Until(now.plus(Duration::from_secs(4 * 60 * 60)))),
            (50, Lock::Disabled),
            (51, Lock::Disabled),
        ] {
            assert_eq!(after(failures, now).lock(now), lock, "{failures}");
        }
        assert_eq!(after(10, now).lock(now.plus(Duration::from_secs(30 * 60))), Lock::Unlocked);
        assert_eq!(after(50, now).lock(now.plus(Duration::from_secs(9000 * 60 * 60))), Lock::Disabled);
    }

    #[test]
    fn giving_back_a_failure_removes_its_lock() {
        let now = Timestamp::from_millis(1_000_000);
        for failures in [10, 20, 50] {
            let mut kept = after(failures, now);
            kept.give_back(&RULE, kept.era());
            assert_eq!((kept.count(), kept.lock(now)), (failures - 1, Lock::Unlocked), "{failures}");
        }
    }

    #[test]
    fn nothing_is_given_back_after_a_reset() {
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
        let (almost, then) =
            (now.plus(Duration::from_secs(719 * 60 * 60)), now.plus(Duration::from_secs(720 * 60 * 60)));
        let mut kept = after(9, now);
        assert!(!kept.is_forgotten(&RULE, almost) && kept.is_forgotten(&RULE, then));
        kept.reserve(&RULE, then);
        assert_eq!((kept.count(), kept.lock(then)), (1, Lock::Unlocked));
        assert!(!after(50, now).is_forgotten(&RULE, then));
    }

    #[test]
    fn the_number_of_failures_until_the_next_lock_is_known() {
        for (failures, left) in [(0, 10), (9, 1), (10, 10), (41, 9), (49, 1), (50, 0)] {
            assert_eq!(RULE.until_next(failures), left, "{failures}");
        }
    }
}
