//! The limit on wrong codes, per number: over all its scopes, and whatever the account.
//!
//! ```text
//!               wrong code, count <= limit
//!             ┌────────────┐
//!             ▼            │
//!   clear ──► counting ────┘──── wrong code, count > limit ──► limited (every verify is a 429)
//!     ▲          │                                                │
//!     └──────────┴── a right code, or 30 s after the last count ──┴── only the 30 s
//! ```
//!
//! Bandwidth documents neither the threshold nor the window: its 429 speaks of two minutes, its own live tests see
//! it gone after thirty seconds, and those are what this follows. A verify that is refused with a 429 was not
//! checked and does not count, so it does not put the release off.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crate::clock::age;

const RELEASE: Duration = Duration::from_secs(30);

/// Beyond so many numbers, those whose counts have lapsed are swept out, and if none has, all are.
const MOST: usize = 100_000;

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

/// What became of a wrong code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Within,
    Exceeded,
}

impl Attempts {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, wrong: HashMap::new() }
    }

    pub(crate) fn succeed(&mut self, number: &str) {
        self.wrong.remove(number);
    }

    pub(crate) fn fail(&mut self, number: &str, now: SystemTime) -> Counted {
        if self.wrong.len() >= MOST {
            self.wrong.retain(|_, wrong| age(wrong.last, now) < RELEASE);
        }
        if self.wrong.len() >= MOST {
            self.wrong.clear();
        }
        let wrong = self.wrong.entry(number.to_owned()).or_insert(Wrong { count: 0, last: now });
        if age(wrong.last, now) >= RELEASE {
            wrong.count = 0;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last = now;
        if wrong.count > self.limit { Counted::Exceeded } else { Counted::Within }
    }

    pub(crate) fn limited(&self, number: &str, now: SystemTime) -> bool {
        self.wrong.get(number).is_some_and(|wrong| wrong.count > self.limit && age(wrong.last, now) < RELEASE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "+12025550123";

    #[test]
    fn the_first_wrong_code_past_the_limit_limits_the_number_for_thirty_seconds() {
        let (mut attempts, start) = (Attempts::new(2), SystemTime::UNIX_EPOCH);
        assert_eq!(attempts.fail(NUMBER, start), Counted::Within);
        assert_eq!(attempts.fail(NUMBER, start), Counted::Within);
        assert!(!attempts.limited(NUMBER, start));
        assert_eq!(attempts.fail(NUMBER, start), Counted::Exceeded);
        assert!(attempts.limited(NUMBER, start + RELEASE - Duration::from_millis(1)));
        assert!(!attempts.limited("+12025550124", start));

        assert!(!attempts.limited(NUMBER, start + RELEASE));
        assert_eq!(attempts.fail(NUMBER, start + RELEASE), Counted::Within, "the count starts anew");
    }

    #[test]
    fn a_right_code_clears_the_count() {
        let (mut attempts, start) = (Attempts::new(1), SystemTime::UNIX_EPOCH);
        assert_eq!(attempts.fail(NUMBER, start), Counted::Within);
        attempts.succeed(NUMBER);
        assert_eq!(attempts.fail(NUMBER, start), Counted::Within);
    }
}
