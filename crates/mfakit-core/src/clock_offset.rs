//! Difference between two clocks.

use std::{fmt, time::Duration};

use crate::clock::Timestamp;

/// Difference between another machine's clock and the app's, in milliseconds. It is positive if the other clock is ahead.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Timestamp, health::ClockOffset};
///
/// let offset = ClockOffset::between(Timestamp::from_millis(1_000), Timestamp::from_millis(3_500));
/// assert_eq!(offset.as_millis(), -2_500);
/// assert_eq!(offset.abs(), Duration::from_millis(2_500));
/// assert_eq!(offset.to_string(), "2.5 s behind");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockOffset(i64);

impl ClockOffset {
    /// Returns the offset of a clock that shows `theirs` while the app's shows `ours`.
    #[must_use]
    pub fn between(theirs: Timestamp, ours: Timestamp) -> Self {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(millis(theirs.since(ours)) - millis(ours.since(theirs)))
    }

    /// Returns the milliseconds by which the other clock is ahead, negative if it is behind.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the seconds by which the other clock is ahead, negative if it is behind.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Returns the size of the difference.
    #[must_use]
    pub const fn abs(self) -> Duration {
        Duration::from_millis(self.0.unsigned_abs())
    }
}

impl fmt::Display for ClockOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.0 < 0 { "behind" } else { "ahead" };
        write!(f, "{} s {side}", self.as_secs_f64().abs())
    }
}
