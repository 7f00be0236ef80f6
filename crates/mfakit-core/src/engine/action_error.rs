//! Reasons why an action cannot be approved.

use crate::engine::{backend_error::BackendError, misconfigured::Misconfigured};

/// Reason why an action cannot be approved.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum ActionError {
    /// The action or its words are too large, or the action is nested too deeply. A request can cause this.
    #[error("the action is too large")]
    TooLarge,
    /// The scope has the profile PSD2, and the amount is missing or zero, or the payee is missing or has no letter or digit.
    /// A request can cause this. The first action of a scope without an amount or a payee is also reported as a mistake.
    #[error("a payment needs an amount above zero, and a payee with a letter or digit")]
    Blank,
    /// The store failed, or is full.
    #[error("the store failed")]
    Unavailable,
    /// The app is configured incorrectly, or its type of the action has no canonical form.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

impl From<BackendError> for ActionError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Unavailable
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
