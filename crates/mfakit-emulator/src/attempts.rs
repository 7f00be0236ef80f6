//! Limit on wrong codes per phone number, over all scopes and accounts.
//!
//! ```text
//!               wrong code, count <= limit
//!             ┌────────────┐
//!             ▼            │
//!   clear ──► counting ────┘──── wrong code, count > limit ──► limited (every verify is a 429)
//!     ▲          │                                                │
//!     └──────────┴── a right code, or 30 s after the last count ──┴── only after 30 s
//! ```
//!
//! Bandwidth documents neither the threshold nor the window. Its 429 mentions two minutes, but in Bandwidth's own
//! live tests the limit is lifted after thirty seconds, and the emulator follows those. A verify that is rejected
//! with a 429 is not checked and does not count, so it does not extend the limit.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::clock::age;

/// Time after the last wrong code at which the count ends.
const RELEASE: Duration = Duration::from_secs(30);

/// Number of phone numbers that are kept. If there are more, ended counts are removed, and if none has ended, all
/// are.
const MAX_NUMBERS: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Attempts {
    limit: u32,
    wrong: HashMap<String, Wrong>,
}

#[derive(Debug)]
struct Wrong {
    count: u32,
    last: SystemTime,
}

/// Effect of a wrong code on the count of its phone number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AttemptCount {
    WithinLimit,
    OverLimit,
}

impl Attempts {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, wrong: HashMap::new() }
    }

    /// Clears the count after a right code.
    pub(crate) fn succeed(&mut self, number: &str) {
        self.wrong.remove(number);
    }

    /// Counts a wrong code.
    pub(crate) fn fail(&mut self, number: &str, now: SystemTime) -> AttemptCount {
        if self.wrong.len() >= MAX_NUMBERS {
            self.wrong.retain(|_, wrong| age(wrong.last, now) < RELEASE);
        }
        if self.wrong.len() >= MAX_NUMBERS {
            self.wrong.clear();
        }
        let wrong = self.wrong.entry(number.to_owned()).or_insert(Wrong { count: 0, last: now });
        if age(wrong.last, now) >= RELEASE {
            wrong.count = 0;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last = now;
        if wrong.count > self.limit { AttemptCount::OverLimit } else { AttemptCount::WithinLimit }
    }

    /// Returns true if the number's verify calls are rejected at this time.
    pub(crate) fn is_limited(&self, number: &str, now: SystemTime) -> bool {
        self.wrong.get(number).is_some_and(|wrong| wrong.count > self.limit && age(wrong.last, now) < RELEASE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "+12025550123";

    #[test]
    fn the_first_wrong_code_over_the_limit_limits_the_number_for_thirty_seconds() {
        let (mut attempts, start) = (Attempts::new(2), SystemTime::UNIX_EPOCH);
        assert_eq!(attempts.fail(NUMBER, start), AttemptCount::WithinLimit);
        assert_eq!(attempts.fail(NUMBER, start), AttemptCount::WithinLimit);
        assert!(!attempts.is_limited(NUMBER, start));
        assert_eq!(attempts.fail(NUMBER, start), AttemptCount::OverLimit);
        assert!(attempts.is_limited(NUMBER, start + RELEASE - Duration::from_millis(1)));
        assert!(!attempts.is_limited("+12025550124", start));

        assert!(!attempts.is_limited(NUMBER, start + RELEASE));
        assert_eq!(
            attempts.fail(NUMBER, start + RELEASE),
            AttemptCount::WithinLimit,
            "the count starts again"
        );
    }

    #[test]
    fn a_right_code_clears_the_count() {
        let (mut attempts, start) = (Attempts::new(1), SystemTime::UNIX_EPOCH);
        assert_eq!(attempts.fail(NUMBER, start), AttemptCount::WithinLimit);
        attempts.succeed(NUMBER);
        assert_eq!(attempts.fail(NUMBER, start), AttemptCount::WithinLimit);
    }
}
