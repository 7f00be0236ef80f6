//! Failures of the store, the directory and the notifier.

use crate::{directory::BoxError, engine::misconfigured::Misconfigured, store::StoreError};

/// Error of a call that needs the store or the directory: the `revoke_…` methods, [`Mfa::status`],
/// [`Mfa::unlock`] and [`Mfa::forget_number`]. The observer has received it as an event.
///
/// [`Mfa::status`]: crate::engine::Mfa::status
/// [`Mfa::unlock`]: crate::engine::Mfa::unlock
/// [`Mfa::forget_number`]: crate::engine::Mfa::forget_number
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The store failed, or did not answer within ten seconds.
    #[error(transparent)]
    Store(StoreError),
    /// The directory, the number book or the recovery book failed, or did not answer within ten seconds.
    #[error("the directory failed")]
    Directory(#[source] BoxError),
    /// The notifier failed, or did not answer within ten seconds, and the app
    /// [holds](crate::notifier::OnNoticeError::Hold) changes without a notice.
    #[error("the notifier failed")]
    Notifier(#[source] BoxError),
    /// The app is configured incorrectly, or one of its functions panicked.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

/// Separates a failure that the caller can tolerate (`None`) from a panic, which ends the caller's work.
pub(crate) fn unless_panicked<T>(result: Result<T, BackendError>) -> Result<Option<T>, Misconfigured> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(BackendError::Misconfigured(mistake)) => Err(mistake),
        Err(BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_)) => Ok(None),
    }
}
