//! Time, from one place.

use std::{
    fmt,
    ops::{Add, Sub},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Moment in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Converts from and to [`SystemTime`] and, through it, the types of jiff, chrono and time. Is displayed as in RFC 3339.
/// Arithmetic saturates.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use mfakit_core::Timestamp;
///
/// let noon = Timestamp::from_millis(1_767_268_800_000);
/// assert_eq!(noon + Duration::from_secs(2), Timestamp::from_millis(1_767_268_802_000));
/// assert_eq!((noon + Duration::from_secs(2)).since(noon), Duration::from_secs(2));
/// assert_eq!(noon.to_string(), "2026-01-01T12:00:00.000Z");
///
/// let system = SystemTime::try_from(noon)?;
/// assert_eq!(Timestamp::try_from(system)?, noon);
/// # Ok::<(), mfakit_core::error::TimestampOutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the whole seconds since 1970-01-01T00:00:00Z, as in `auth_time`.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// Returns the time that has passed since `earlier`, or zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the moment after this span. This is the same as `self + span`.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

/// Returns the milliseconds of a span, at most [`u64::MAX`].
fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

/// Writes the time in UTC (RFC 3339), with milliseconds: `2026-01-01T12:00:00.000Z`. A year after 9999 has more digits.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second, milli) = (self.as_secs() / 86_400, self.as_secs() % 86_400, self.0 % 1000);
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// Returns the year, the month and the day of the Gregorian calendar, given the days since 1970-01-01.
///
/// Years are counted from March, so that a leap day is the last day of its year. They repeat after 400 years, which have
/// 146,097 days.
fn civil(days: u64) -> (u64, u64, u64) {
    // 719,468 days before 1970-01-01 is 0000-03-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March have 31, 30, 31, 30, 31 days, and so on: 153 days in each five.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (era * 400 + year_of_era + year, month, day)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// Returns the moment after this span, at most the last one that can be represented.
    fn add(self, span: Duration) -> Self {
        self.plus(span)
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    /// Returns the moment before this span, at the earliest 1970-01-01T00:00:00Z.
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampOutOfRange;

    /// Converts a system time, truncated to whole milliseconds.
    fn try_from(time: SystemTime) -> Result<Self, TimestampOutOfRange> {
        let since_epoch = time.duration_since(UNIX_EPOCH).map_err(|_| TimestampOutOfRange)?;
        // Every guarded request reads the clock twice, so this avoids `as_millis`, which calculates with 128 bits.
        let millis = since_epoch.as_secs().checked_mul(1000);
        let millis = millis.and_then(|millis| millis.checked_add(since_epoch.subsec_millis().into()));
        millis.map(Self).ok_or(TimestampOutOfRange)
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimestampOutOfRange> {
        UNIX_EPOCH.checked_add(Duration::from_millis(at.0)).ok_or(TimestampOutOfRange)
    }
}

/// Error for a time that cannot be represented: one before 1970, or one that is too far in the future.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use mfakit_core::{Timestamp, error::TimestampOutOfRange};
///
/// let in_1969 = UNIX_EPOCH - Duration::from_secs(1);
/// assert!(matches!(Timestamp::try_from(in_1969), Err(TimestampOutOfRange { .. })));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time is before 1970-01-01T00:00:00Z or too far in the future")]
#[non_exhaustive]
pub struct TimestampOutOfRange;

/// Source of the current time. mfakit takes the time from one clock, so that tests can move it.
///
/// You can implement this trait outside this crate.
///
/// ```
/// use mfakit_core::{Clock, Timestamp};
///
/// #[derive(Debug)]
/// struct Frozen(Timestamp);
///
/// impl Clock for Frozen {
///     fn now(&self) -> Timestamp {
///         self.0
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a clock",
    label = "not a clock",
    note = "pass a `SystemClock`, or a `ManualClock` in a test; for your own source of time, write `impl Clock`"
)]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<C: Clock + ?Sized> Clock for Box<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// Clock of the operating system.
///
/// ```
/// use mfakit_core::{Clock, SystemClock, Timestamp};
///
/// assert!(SystemClock.now() > Timestamp::from_millis(0));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock that is set before 1970 yields the epoch, before which nothing was verified.
        Timestamp::try_from(SystemTime::now()).unwrap_or_default()
    }
}

/// Returns a wait in whole seconds, rounded up and at least one, as in `Retry-After`.
#[must_use]
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last + Duration::from_secs(1), last);
        assert_eq!(last + Duration::MAX, last);
        assert_eq!(Timestamp::from_millis(5) - Duration::from_secs(1), Timestamp::from_millis(0));
    }

    #[test]
    fn a_timestamp_is_its_milliseconds_in_json() {
        let last = Timestamp::from_millis(u64::MAX);
        let json = serde_json::to_string(&last).unwrap();
        assert_eq!(json, u64::MAX.to_string());
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), last);
        for other in ["-1", "1.5", "\"1\"", "null", "18446744073709551616"] {
            assert!(serde_json::from_str::<Timestamp>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_time_is_displayed_as_in_rfc_3339() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_709_210_096_007, "2024-02-29T12:34:56.007Z"),
            (1_767_225_599_000, "2025-12-31T23:59:59.000Z"),
            (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "10000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Timestamp::from_millis(millis).to_string(), expected);
        }
        assert!(Timestamp::from_millis(u64::MAX).to_string().ends_with('Z'));
    }

    #[test]
    fn a_system_time_converts_both_ways_and_one_before_1970_is_rejected() {
        let at = Timestamp::from_millis(1_234);
        assert_eq!(SystemTime::try_from(at).and_then(Timestamp::try_from), Ok(at));
        let before = UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(Timestamp::try_from(before), Err(TimestampOutOfRange));
    }
}
