//! Clock of the server that answers, as far as its `Date` header shows it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use http::HeaderValue;

use crate::{clock::Timestamp, clock_offset::ClockOffset};

/// Half of the resolution of a `Date` header, which drops the fraction of its second.
const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// Offset of the server's clock in its last answer. Clones share it.
#[derive(Clone, Default)]
pub(super) struct ServerClock(Arc<Mutex<Option<ClockOffset>>>);

impl ServerClock {
    /// Notes the `Date` header (RFC 9110, section 6.6.1) of an answer that arrived at `now`.
    pub(super) fn note(&self, date: Option<&HeaderValue>, now: Timestamp) {
        if let Some(date) = date.and_then(moment) {
            let offset = ClockOffset::between(date + HALF_A_SECOND, now);
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
    }

    pub(super) fn offset(&self) -> Option<ClockOffset> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moment(date: &HeaderValue) -> Option<Timestamp> {
    let since_epoch = httpdate::parse_http_date(date.to_str().ok()?).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_that_of_the_last_date_that_can_be_read() {
        let clock = ServerClock::default();
        let now = Timestamp::from_millis(784_111_777_500);
        for (date, expected) in [
            (None, None),
            (Some("yesterday"), None),
            (Some("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0)),
            (Some("Sun, 06 Nov 1994 08:49:40 GMT"), Some(3_000)),
            (Some("Sun, 06 Nov 1994 08:49:07 GMT"), Some(-30_000)),
            (None, Some(-30_000)),
            (Some("Sun, 06 Nov 1994"), Some(-30_000)),
        ] {
            let header = date.map(HeaderValue::from_static);
            clock.note(header.as_ref(), now);
            assert_eq!(clock.offset().map(ClockOffset::as_millis), expected, "{date:?}");
        }
    }
}
