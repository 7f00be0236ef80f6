//! The one clock of an emulator: what ages codes and tokens, lifts the 429 and dates messages.
//!
//! 1. It starts at the system's time and runs with the machine's monotonic clock, so it never goes back.
//! 2. It can be advanced, never set back.

use std::time::{Duration, Instant, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The furthest the clock goes ahead of the system's: a hundred years.
pub(crate) const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

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

    /// Moves the clock forward, at most to [`FURTHEST`] ahead in all, where dates still have four-digit years.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by).min(FURTHEST);
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.started + self.running.elapsed() + self.ahead
    }
}

/// How much older `now` is than `then`; nothing is older than zero.
pub(crate) fn age(then: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}

/// RFC 3339 in UTC to the millisecond, as every time in the emulator's JSON is written.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let millis = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    i128::try_from(millis)
        .ok()
        .and_then(|millis| OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).ok())
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// For `#[serde(serialize_with)]` on a field that holds a time.
pub(crate) fn as_rfc3339<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_in_utc_to_the_millisecond() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_589_228_074_636_999);
        assert_eq!(rfc3339(time), "2020-05-11T20:14:34.636Z");
    }

    #[test]
    fn the_clock_moves_ahead_and_never_past_its_furthest() {
        let mut clock = Clock::new();
        let before = clock.now();
        clock.advance(Duration::from_secs(600));
        assert!(age(before, clock.now()) >= Duration::from_secs(600));

        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(rfc3339(clock.now()).starts_with('2'), "still a date: {}", rfc3339(clock.now()));
    }
}
