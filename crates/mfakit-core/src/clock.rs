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
/// Converts from and to [`SystemTime`] and, through it, the types of jiff, chrono and time. Arithmetic saturates.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use mfakit_core::Timestamp;
///
/// let noon = Timestamp::from_millis(1_767_268_800_000);
/// assert_eq!(noon + Duration::from_secs(2), Timestamp::from_millis(1_767_268_802_000));
/// assert_eq!((noon + Duration::from_secs(2)).since(noon), Duration::from_secs(2));
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
        u64::try_from(since_epoch.as_millis()).map(Self).map_err(|_| TimestampOutOfRange)
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
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
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
    fn a_system_time_converts_both_ways_and_one_before_1970_is_rejected() {
        let at = Timestamp::from_millis(1_234);
        assert_eq!(SystemTime::try_from(at).and_then(Timestamp::try_from), Ok(at));
        let before = UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(Timestamp::try_from(before), Err(TimestampOutOfRange));
    }
}
