//! Errors of the memory store.

use crate::store::StoreError;

pub(super) fn full() -> StoreError {
    StoreError::new("the memory store is full")
}

/// Error for a lock that a panic poisoned. The data behind it may be half-written, so it is not used again.
pub(super) fn poisoned() -> StoreError {
    StoreError::new("a thread panicked while it wrote to the memory store")
}
