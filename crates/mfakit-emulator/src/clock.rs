//! Clock of an emulator. It determines the age of codes and tokens, the end of a 429, and the time of messages.
//!
//! 1. It starts at the system time and follows the monotonic clock, so it never goes back.
//! 2. It can be advanced, but not set back.

use std::time::{Duration, Instant, SystemTime};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Maximum by which the clock is ahead of the system time: a hundred years.
pub(crate) const MAX_AHEAD: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

#[derive(Debug)]
pub(crate) struct Clock {
    started: SystemTime,
    running: Instant,
    ahead: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: SystemTime::now(), running: Instant::now(), ahead: Duration::ZERO }
    }

    /// Advances the clock, up to [`MAX_AHEAD`] in total. Years then still have four digits.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by).min(MAX_AHEAD);
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.started + self.running.elapsed() + self.ahead
    }
}

/// Returns the time from `then` to `now`, or zero if `then` is later.
pub(crate) fn age(then: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}

/// Formats a time as RFC 3339 in UTC with milliseconds, like all times in the emulator's JSON.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let millis = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    i128::try_from(millis)
        .ok()
        .and_then(|millis| OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).ok())
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// Serializes a time as RFC 3339, for `#[serde(serialize_with)]`.
pub(crate) fn as_rfc3339<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_formatted_in_utc_with_milliseconds() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_589_228_074_636_999);
        assert_eq!(rfc3339(time), "2020-05-11T20:14:34.636Z");
    }

    #[test]
    fn the_clock_advances_up_to_its_maximum() {
        let mut clock = Clock::new();
        let before = clock.now();
        clock.advance(Duration::from_secs(600));
        assert!(age(before, clock.now()) >= Duration::from_secs(600));

        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(rfc3339(clock.now()).starts_with('2'), "still a date: {}", rfc3339(clock.now()));
    }
}
