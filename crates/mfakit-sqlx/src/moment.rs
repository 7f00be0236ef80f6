//! Times in columns.

use mfakit_core::Timestamp;

/// Times to sweep are whole multiples of this, in milliseconds. So most writes of a row keep its time, and PostgreSQL need not
/// change an index.
const ROUND: i64 = 15 * 60 * 1000;

/// Converts a time to that of a column.
pub(crate) fn moment(time: Timestamp) -> i64 {
    time.as_millis().try_into().unwrap_or(i64::MAX)
}

/// Converts the time from which a row may be swept, rounded up. `None` is never.
pub(crate) fn time_to_sweep(time: Option<Timestamp>) -> i64 {
    let Some(time) = time.map(moment) else { return i64::MAX };
    let over = time % ROUND;
    if over == 0 { time } else { time.saturating_add(ROUND - over) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_sweep_is_never_earlier_than_asked_for() {
        for (asked, expected) in
            [(0, 0), (1, ROUND), (ROUND as u64, ROUND), (ROUND as u64 + 1, 2 * ROUND), (u64::MAX, i64::MAX)]
        {
            assert_eq!(time_to_sweep(Some(Timestamp::from_millis(asked))), expected, "{asked}");
        }
        assert_eq!(time_to_sweep(None), i64::MAX);
    }
}
