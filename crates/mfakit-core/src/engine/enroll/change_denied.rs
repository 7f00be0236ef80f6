//! Reasons why a session may not change the number.

use std::time::Duration;

use crate::decision::Denial;

/// Reason why a session may not change the number on file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum ChangeDenied {
    /// A number is on file, and the session has no grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE): a code to the
    /// number on file has to be entered first.
    #[error("a code to the number on file has to be entered first")]
    StepUpRequired(Denial),
    /// No number is on file, and the sign-in is older than [`fresh_sign_in`](crate::Policy::fresh_sign_in): the person has
    /// to sign in again.
    #[error("the sign-in is older than {max_age:?}: the person has to sign in again")]
    SignInTooOld {
        /// Maximum age of the sign-in.
        max_age: Duration,
    },
}

impl ChangeDenied {
    /// Returns the text of the reason for the log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::StepUpRequired(_) => "step-up required",
            Self::SignInTooOld { .. } => "sign-in too old",
        }
    }
}
