//! Reasons why a recovery code opened nothing.

use std::time::Duration;

use crate::{
    engine::{backend_error::BackendError, enroll::ChangeDenied, misconfigured::Misconfigured},
    lock,
};

/// Reason why a recovery code opened nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum RecoverError {
    /// The sign-in is too old.
    #[error(transparent)]
    Denied(ChangeDenied),
    /// No number is on file, so there is none to replace. Adding the first number takes a fresh sign-in only.
    #[error("no number is on file")]
    NoNumber,
    /// The text does not have the form of a recovery code. The attempt was not counted, and there is no event.
    #[error("the text is not a recovery code")]
    Malformed,
    /// The code is not one of this user that is left. The answer is the same if the user has none.
    #[error("the recovery code was not accepted")]
    Rejected,
    /// Too many codes were entered for this user, or from this address. The code was not compared.
    #[error("too many recovery codes were entered: retry in {retry_after:?}")]
    TooManyAttempts {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The user is locked after too many consecutive wrong codes. No code is sent to a new number before the lock ends, so the
    /// recovery code was neither compared nor consumed.
    #[error(
        "the user is locked, because too many codes in a row were wrong: {}",
        lock::remedy(*.retry_after)
    )]
    Locked {
        /// Time to wait. `None` if only the app can unlock the user.
        retry_after: Option<Duration>,
    },
    /// The store, the number book or the recovery book failed. The cause is in the event of the failure. If the recovery book
    /// failed while it removed the code, it may have opened the replacement anyway:
    /// [`Mfa::numbers`](crate::engine::Mfa::numbers) returns the current state.
    #[error("the store or a book of the app failed")]
    Unavailable,
    /// The app is configured incorrectly, or one of its functions panicked.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

impl From<BackendError> for RecoverError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Unavailable
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
