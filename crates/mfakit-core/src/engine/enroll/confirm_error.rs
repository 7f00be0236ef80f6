//! Reasons why a number was not confirmed.

use crate::engine::{
    backend_error::BackendError, enroll::change_denied::ChangeDenied, misconfigured::Misconfigured,
    verify_error::VerifyError,
};

/// Reason why a number was not confirmed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum ConfirmNumberError {
    /// The session may not change the number. The code was not compared, unless the grant of
    /// [`Scope::MANAGE`](crate::scope::Scope::MANAGE) ended while it was.
    #[error(transparent)]
    Denied(ChangeDenied),
    /// The code was not accepted, or could not be checked.
    ///
    /// After [`ChallengeOver`](VerifyError::ChallengeOver), the number may be on file: the same code may have been
    /// entered twice at the same time. After [`Unavailable`](VerifyError::Unavailable), the number book may have saved
    /// it anyway. [`Mfa::numbers`](crate::engine::Mfa::numbers) returns the current state.
    #[error(transparent)]
    Verify(VerifyError),
    /// Another request changes the number, or has changed it in the meantime. Nothing was changed.
    #[error("another request changed the number in the meantime")]
    Conflict,
}

impl From<VerifyError> for ConfirmNumberError {
    fn from(error: VerifyError) -> Self {
        Self::Verify(error)
    }
}

impl From<BackendError> for ConfirmNumberError {
    fn from(error: BackendError) -> Self {
        Self::Verify(error.into())
    }
}

impl From<Misconfigured> for ConfirmNumberError {
    fn from(mistake: Misconfigured) -> Self {
        Self::Verify(mistake.into())
    }
}
