//! Sliding windows, in the simplest way: every moment that could have room is tried.

use crate::{clock::Timestamp, limit::Limit};

/// Returns the first moment, from now on, at which every limit has room for one more event.
pub(super) fn earliest_room(limits: &[Limit], events: &[Timestamp], now: Timestamp) -> Timestamp {
    let has_room_at = |moment: Timestamp| {
        limits.iter().all(|limit| {
            let counted = events.iter().filter(|at| moment < at.plus(limit.window())).count();
            counted < limit.count() as usize
        })
    };
    // Room appears only when an event leaves a window.
    let departures = events.iter().flat_map(|at| limits.iter().map(|limit| at.plus(limit.window())));
    let moments = std::iter::once(now).chain(departures.filter(|moment| *moment > now));
    moments.filter(|moment| has_room_at(*moment)).min().unwrap_or(now)
}
