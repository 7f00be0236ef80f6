//! Grants that are being withdrawn in the background.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::proof::GrantNonce;

/// Grants that are being withdrawn in the background.
#[derive(Default)]
pub(crate) struct Withdrawals(Mutex<Vec<GrantNonce>>);

impl Withdrawals {
    /// Leaves a grant alone from now on, because the same code has returned it.
    pub(super) fn cancel(&self, nonce: &GrantNonce) {
        self.pending().retain(|pending| pending != nonce);
    }

    /// Records that a grant is being withdrawn.
    pub(super) fn begin(&self, nonce: GrantNonce) {
        self.pending().push(nonce);
    }

    /// Returns whether a grant is still to be withdrawn.
    pub(super) fn is_pending(&self, nonce: &GrantNonce) -> bool {
        self.pending().contains(nonce)
    }

    fn pending(&self) -> MutexGuard<'_, Vec<GrantNonce>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
