//! Problems of codes that were not accepted.

use mfakit_core::VerifyError;

use crate::problem::{Kind, Problem};

/// Returns the problem of a code that was not accepted.
pub(super) fn problem(error: &VerifyError) -> Problem {
    match *error {
        VerifyError::WrongCode { attempts_left } => {
            Problem::new(Kind::WrongCode).with("attempts_left", attempts_left)
        }
        VerifyError::MalformedCode => Problem::new(Kind::MalformedCode),
        VerifyError::ChallengeOver => Problem::new(Kind::ChallengeOver),
        VerifyError::Locked { retry_after } => Problem::locked(retry_after),
        VerifyError::Throttled { retry_after } => Problem::new(Kind::Throttled).retry_after(retry_after),
        VerifyError::ProviderFailed => Problem::new(Kind::ProviderFailed),
        VerifyError::Unavailable => Problem::new(Kind::Unavailable),
        VerifyError::Misconfigured(_) => Problem::new(Kind::Misconfigured),
        _ => Problem::new(Kind::Unavailable),
    }
}
