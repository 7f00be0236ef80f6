//! Reasons why a request may not pass.

use crate::{
    decision::Reason,
    engine::{backend_error::BackendError, misconfigured::Misconfigured},
};

/// Reason why a request may not pass.
pub(super) enum NotGranted {
    Denied(Reason),
    /// The store or the clock panicked.
    Misconfigured(Misconfigured),
}

impl From<Reason> for NotGranted {
    fn from(reason: Reason) -> Self {
        Self::Denied(reason)
    }
}

impl From<Misconfigured> for NotGranted {
    fn from(mistake: Misconfigured) -> Self {
        Self::Misconfigured(mistake)
    }
}

impl From<BackendError> for NotGranted {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Denied(Reason::Unavailable)
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
