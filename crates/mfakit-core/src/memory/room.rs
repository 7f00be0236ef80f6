//! Number of records of one kind, and its limit.

use super::sync::{AtomicUsize, Ordering};

/// Number of records of one kind, exact at any time, and its limit.
pub(super) struct Room {
    limit: usize,
    used: AtomicUsize,
}

/// Place for one record. It is given back when it is dropped, unless a record [keeps](Self::keep) it.
#[must_use]
pub(super) struct Place<'a>(&'a Room);

impl Room {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0) }
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn is_full(&self) -> bool {
        self.used() >= self.limit
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// Takes one place. `None` if the limit is reached.
    pub(super) fn take(&self) -> Option<Place<'_>> {
        let one_more = |used: usize| (used < self.limit).then_some(used + 1);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Place(self))
    }

    /// Counts a record that must not be rejected, even if it exceeds the limit.
    pub(super) fn exceed(&self) {
        self.used.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives back the places of records that were removed.
    pub(super) fn give_back(&self, places: usize) {
        self.used.fetch_sub(places, Ordering::Relaxed);
    }
}

impl Place<'_> {
    /// Leaves the place to a record that was added.
    pub(super) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.give_back(1);
    }
}
