//! Maximum counts per time window.

use std::{fmt, time::Duration};

use crate::clock::Timestamp;

/// At most `count` events in any span of `window`. The window slides, so no burst fits across a boundary.
///
/// An event counts until a whole window has passed since it happened.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::policy::Limit;
///
/// assert_eq!(Limit::new(3, Duration::from_secs(600)).to_string(), "3 in 10 min");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    count: u32,
    window: Duration,
}

impl Limit {
    /// Creates a limit of `count` events per `window`.
    #[must_use]
    pub const fn new(count: u32, window: Duration) -> Self {
        Self { count, window }
    }

    /// Returns the maximum number of events.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Returns the length of the window.
    #[must_use]
    pub const fn window(self) -> Duration {
        self.window
    }

    /// Returns the time at which one more event is allowed after those at `times`, oldest first. The result is
    /// `now` or later.
    ///
    /// The wait never exceeds a whole window, even if the clock was set back in the meantime. Until that clock has
    /// caught up, events from the future still count, so fewer events are allowed, never more.
    #[must_use]
    pub fn next_at(self, times: &[Timestamp], now: Timestamp) -> Timestamp {
        // Once this event has left the window, one fewer than allowed are in it.
        let leaves = times.len().checked_sub(self.count as usize).and_then(|at| times.get(at));
        let free_at = leaves.map_or(now, |leaves| leaves.plus(self.window));
        free_at.clamp(now, now.plus(self.window))
    }

    /// Returns the latest [`next_at`](Self::next_at) of several limits.
    #[must_use]
    pub fn all_next_at(limits: &[Self], times: &[Timestamp], now: Timestamp) -> Timestamp {
        limits.iter().map(|limit| limit.next_at(times, now)).fold(now, Timestamp::max)
    }

    /// Returns the longest window of several limits, which is how long an event must be kept.
    #[must_use]
    pub fn longest(limits: &[Self]) -> Duration {
        limits.iter().map(|limit| limit.window).max().unwrap_or_default()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.count, Span(self.window))
    }
}

/// Readable time span: `90 s`, `10 min`, `24 h`.
pub(crate) struct Span(pub(crate) Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            secs if secs > 0 && secs.is_multiple_of(3600) => write!(f, "{} h", secs / 3600),
            secs if secs > 0 && secs.is_multiple_of(60) => write!(f, "{} min", secs / 60),
            secs => write!(f, "{secs} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: &[u64]) -> Vec<Timestamp> {
        secs.iter().map(|secs| Timestamp::from_millis(secs * 1000)).collect()
    }

    #[test]
    fn one_more_is_allowed_when_the_oldest_of_the_last_few_has_left_the_window() {
        let three = Limit::new(3, Duration::from_secs(600));
        for (name, times, now, next) in [
            ("nothing happened", &[] as &[u64], 1000, 1000),
            ("fewer than allowed", &[900, 950], 1000, 1000),
            ("as many as allowed", &[900, 950, 1000], 1000, 1500),
            ("the oldest leaves to the millisecond", &[900, 950, 1000], 1500, 1500),
            ("more than allowed, of a wider limit of before", &[800, 900, 950, 1000], 1000, 1500),
            ("a clock that was set back extends no wait", &[9000, 9001, 9002], 1000, 1600),
        ] {
            let next_at = three.next_at(&at(times), Timestamp::from_millis(now * 1000));
            assert_eq!(next_at, Timestamp::from_millis(next * 1000), "{name}");
        }
    }

    #[test]
    fn of_several_limits_the_latest_counts() {
        let limits = [Limit::new(1, Duration::from_secs(10)), Limit::new(2, Duration::from_secs(100))];
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(Limit::all_next_at(&limits, &at(&[995]), now), Timestamp::from_millis(1_005_000));
        assert_eq!(Limit::all_next_at(&limits, &at(&[990, 995]), now), Timestamp::from_millis(1_090_000));
        assert_eq!(Limit::all_next_at(&[], &at(&[990, 995]), now), now);
    }
}
