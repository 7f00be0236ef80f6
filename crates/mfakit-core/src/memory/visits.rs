//! Count of the records that a thread visits, so that tests can bound the work of a verb.

use std::cell::Cell;

thread_local! {
    static VISITS: Cell<u64> = const { Cell::new(0) };
}

pub(super) fn count() {
    VISITS.set(VISITS.get() + 1);
}

/// Returns the number of visits so far.
pub(super) fn so_far() -> u64 {
    VISITS.get()
}
