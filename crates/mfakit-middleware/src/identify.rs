//! Results of the app's identity function.

use mfakit_core::BoxError;
#[cfg(any(feature = "axum", feature = "actix"))]
use mfakit_core::Subject;

/// Error of the app's identity function. The request is rejected.
///
/// Not an error itself, so that any error becomes one by `?`.
#[derive(Debug)]
pub enum IdentifyError {
    /// The caller could not be identified at the moment. Answered with 503.
    Failed(BoxError),
    /// The app is put together wrongly, such as a session layer that is missing; answered with 500.
    Misconfigured(String),
}

impl<E: Into<BoxError>> From<E> for IdentifyError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Maximum number of bytes of an extractor's rejection text that are read.
#[cfg(feature = "axum")]
pub(crate) const LONGEST_TEXT: usize = 1024;

/// Classifies the rejection of an extractor of the identity function by its status and text. `missing`
/// returns advice if the text says that a layer or an extension is missing.
#[cfg(any(feature = "axum", feature = "actix"))]
pub(crate) fn rejected(
    extractor: &str,
    status: u16,
    text: &str,
    missing: impl FnOnce(&str) -> Option<&'static str>,
) -> Result<Option<Subject>, IdentifyError> {
    let short: String = text.chars().take(200).collect();
    let failed = format!("the extractor {extractor} of the identify function failed with {status}: {short}");
    match status {
        408 | 425 | 429 => Err(IdentifyError::Failed(failed.into())),
        300..=499 => Ok(None),
        _ => Err(match missing(text) {
            Some(mend) => IdentifyError::Misconfigured(format!("{failed} ({mend})")),
            None => IdentifyError::Failed(failed.into()),
        }),
    }
}

#[cfg(all(test, any(feature = "axum", feature = "actix")))]
mod tests {
    use super::*;

    #[test]
    fn an_extractor_that_turns_a_request_away_is_told_from_one_that_is_out_of_order() {
        for (status, text, expected) in [
            (303, "", "nobody"),
            (400, "", "nobody"),
            (401, "a layer is missing", "nobody"),
            (408, "", "failed"),
            (429, "", "failed"),
            (500, "redis is away", "failed"),
            (500, "a layer is missing", "misconfigured"),
            (503, "", "failed"),
            (599, "", "failed"),
            (200, "", "failed"),
        ] {
            let mend = |text: &str| text.contains("missing").then_some("add it");
            let found = match rejected("Session", status, text, mend) {
                Ok(None) => "nobody",
                Ok(Some(_)) => "somebody",
                Err(IdentifyError::Failed(_)) => "failed",
                Err(IdentifyError::Misconfigured(_)) => "misconfigured",
            };
            assert_eq!(found, expected, "{status} {text}");
        }
    }
}
