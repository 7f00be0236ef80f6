//! Reasons why no grant was made.

use std::time::Duration;

use crate::{
    clock::whole_seconds,
    engine::{backend_error::BackendError, misconfigured::Misconfigured},
    lock,
};

/// Reason why no grant was made.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum VerifyError {
    /// The code is not the one that was sent.
    #[error("the code is wrong (attempts left: {attempts_left})")]
    WrongCode {
        /// Number of attempts left.
        attempts_left: u32,
    },
    /// The text cannot be a code. Nothing was counted.
    #[error("the code does not have the right number of digits")]
    MalformedCode,
    /// This session and scope has no such challenge, or it is over. All of these cases get the same answer.
    #[error("the challenge has ended or does not exist: send a new code")]
    ChallengeOver,
    /// Too many codes in a row were wrong. This one was not compared.
    #[error(
        "the user is locked, because too many codes in a row were wrong: {}",
        lock::remedy(*.retry_after)
    )]
    Locked {
        /// Time to wait. `None` if only the app can unlock the user.
        retry_after: Option<Duration>,
    },
    /// The provider asks to wait.
    #[error("the provider asks to wait: retry after {} s", whole_seconds(*.retry_after))]
    Throttled {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The provider failed. It is unknown whether the code was right.
    #[error("the provider failed")]
    ProviderFailed,
    /// The store, the directory or the number check failed. The cause is in the event of the failure. See [`verify`] for the grant that the
    /// store may have made before it failed.
    ///
    /// [`verify`]: crate::engine::Mfa::verify
    #[error("the store, the directory or the number check failed")]
    Unavailable,
    /// The app is configured incorrectly, or one of its functions panicked.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

impl From<BackendError> for VerifyError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Unavailable
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
