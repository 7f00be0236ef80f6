//! The end of the record that ends first, for each part.

use crate::clock::Timestamp;

use super::sync::{AtomicU64, Ordering};

/// The end of the record that ends first, for each part. It finds an expired record anywhere in the store without
/// looking at the records, and without a lock.
///
/// A part writes its own time while it is locked, after it has given back the places of the records that it removed. A
/// reader without the lock may see an older time, so it locks the part and looks there. If it sees no ended record, it
/// sees every place that was given back before.
pub(super) struct Earliest(Vec<AtomicU64>);

/// Time of a part without records.
const NEVER: u64 = u64::MAX;

impl Earliest {
    pub(super) fn new(parts: usize) -> Self {
        Self(std::iter::repeat_with(|| AtomicU64::new(NEVER)).take(parts).collect())
    }

    /// Notes the time at which the first record of a part ends. `None` if the part has no record.
    pub(super) fn note(&self, part: usize, ends_at: Option<Timestamp>) {
        let ends_at = ends_at.map_or(NEVER, Timestamp::as_millis);
        if let Some(noted) = self.0.get(part)
            && noted.load(Ordering::Relaxed) != ends_at
        {
            noted.store(ends_at, Ordering::Release);
        }
    }

    /// Returns a part with a record that has ended.
    pub(super) fn ended(&self, now: Timestamp) -> Option<usize> {
        self.0.iter().position(|noted| {
            let ends_at = noted.load(Ordering::Acquire);
            ends_at != NEVER && ends_at <= now.as_millis()
        })
    }

    /// Returns the part whose first record ends before that of any other part.
    pub(super) fn first(&self) -> Option<usize> {
        let noted = self.0.iter().map(|noted| noted.load(Ordering::Acquire)).enumerate();
        noted
            .filter(|(_, ends_at)| *ends_at != NEVER)
            .min_by_key(|(_, ends_at)| *ends_at)
            .map(|(part, _)| part)
    }
}
