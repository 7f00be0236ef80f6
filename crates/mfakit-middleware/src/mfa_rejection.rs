//! Rejection that a handler returns.

use std::{error::Error, fmt};

use crate::{answer::Answer, problem::Kind};

/// Rejection of a request, for a handler to return: `step_up.require(…).await?`.
///
/// It is a response on every framework whose feature is enabled, so the app's own error type can hold it:
///
/// ```
/// use mfakit_middleware::{MfaRejection, RequireMfa, StepUp};
///
/// enum PayError {
///     NotConfirmed(MfaRejection),
///     NoFunds,
/// }
///
/// impl From<MfaRejection> for PayError {
///     fn from(rejection: MfaRejection) -> Self {
///         Self::NotConfirmed(rejection)
///     }
/// }
///
/// async fn pay(step_up: StepUp, amount: u64) -> Result<(), PayError> {
///     step_up.require(RequireMfa::scope("pay").once()).await?;
///     if amount > 100 { Err(PayError::NoFunds) } else { Ok(()) }
/// }
/// ```
#[derive(Clone)]
#[must_use = "a rejection rejects nothing until the handler returns it"]
pub struct MfaRejection(Box<Answer>);

impl MfaRejection {
    /// Creates a rejection with this answer.
    pub fn new(answer: Answer) -> Self {
        Self(Box::new(answer))
    }

    /// Returns the status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// Returns the kind of the rejection, such as [`StepUpRequired`](Kind::StepUpRequired). Returns `None` for a
    /// rejection that was [created](Self::new) from another answer.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.0.kind()
    }

    /// Returns the answer in plain types.
    pub fn into_answer(self) -> Answer {
        *self.0
    }
}

/// Writes one line without headers, because frameworks log an error in this form.
impl fmt::Debug for MfaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Some(kind) => write!(f, "MfaRejection({} {})", self.0.status, kind.name()),
            None => write!(f, "MfaRejection({})", self.0.status),
        }
    }
}

impl fmt::Display for MfaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected with status {}", self.0.status)
    }
}

impl Error for MfaRejection {}
