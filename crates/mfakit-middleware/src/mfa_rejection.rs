//! A refusal that a handler hands back.

use std::{error::Error, fmt};

use crate::answer::Answer;

/// The answer to a request that may not pass, for a handler to hand back: `step_up.require(…).await?`.
///
/// It is a response on every framework that has its feature on, so an error type of the app's own can hold it
/// as it is.
#[derive(Clone, Debug)]
#[must_use = "a refusal that is not returned refuses nothing"]
pub struct MfaRejection(Box<Answer>);

impl MfaRejection {
    /// A refusal with this answer.
    pub fn new(answer: Answer) -> Self {
        Self(Box::new(answer))
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The answer in plain types.
    pub fn into_answer(self) -> Answer {
        *self.0
    }
}

impl fmt::Display for MfaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with status {}", self.0.status)
    }
}

impl Error for MfaRejection {}
