//! Reasons why a number was not proposed or not removed.

use crate::engine::{
    backend_error::BackendError,
    enroll::{change_denied::ChangeDenied, number_rejection::NumberRejection},
    misconfigured::Misconfigured,
};

/// Reason why a number was not proposed or not removed. Nothing was sent, and nothing was changed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum EnrollError {
    /// The session may not change the number.
    #[error(transparent)]
    Denied(ChangeDenied),
    /// The number cannot be used.
    #[error(transparent)]
    Number(NumberRejection),
    /// The number is on file already.
    #[error("the number is on file already")]
    Unchanged,
    /// There is no number to remove.
    #[error("no number is on file")]
    NoNumber,
    /// Another request changes the number, or has changed it in the meantime.
    #[error("another request changed the number in the meantime")]
    Conflict,
    /// The store or the number book failed. The cause is in the event of the failure. If the book failed while it
    /// removed a number, it may have removed it anyway.
    #[error("the store or the number book failed")]
    Unavailable,
    /// The app is configured incorrectly, or one of its functions panicked.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

impl From<BackendError> for EnrollError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Unavailable
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
