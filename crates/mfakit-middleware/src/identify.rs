//! Calls the app's identify function.

use std::{error::Error, fmt};

use mfakit_core::{
    BoxError, Mfa, Misconfigured, Subject,
    adapter::{MfaExt as _, NoAnswer, guarded_call},
    event::{EventContext, EventKind, with_causes},
};

use crate::problem::Kind;

/// Error of the app's identify function. The request is rejected.
///
/// An async function of extractors returns any error, which counts as [`Failed`](Self::Failed). It returns this type to
/// report a mistake in how the app is set up:
///
/// ```
/// use mfakit_core::{LoginId, Subject};
/// use mfakit_middleware::IdentifyError;
///
/// struct Session { user: String, login: Option<LoginId> }
///
/// async fn identify(session: Option<Session>) -> Result<Option<Subject>, IdentifyError> {
///     let Some(session) = session else { return Ok(None) };
///     let login = session.login.ok_or_else(|| IdentifyError::misconfigured("the session has no LoginId"))?;
///     Ok(Some(Subject::cookie(session.user.as_str(), login)))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum IdentifyError {
    /// The caller cannot be identified at the moment. Answered with 503.
    Failed(BoxError),
    /// The app is configured incorrectly, for example without its session layer. Answered with 500.
    Misconfigured(String),
}

impl IdentifyError {
    /// Creates an error for a caller who could not be identified at the moment.
    ///
    /// ```
    /// use mfakit_middleware::IdentifyError;
    ///
    /// fn user_of(token: &str) -> Result<u64, IdentifyError> {
    ///     token.parse().map_err(IdentifyError::failed)
    /// }
    /// assert!(matches!(user_of("x"), Err(IdentifyError::Failed(_))));
    /// ```
    pub fn failed(error: impl Into<BoxError>) -> Self {
        Self::from_boxed(error.into())
    }

    /// Creates an error for an app that is configured incorrectly. `mistake` appears in the log, and names the remedy.
    pub fn misconfigured(mistake: impl Into<String>) -> Self {
        Self::Misconfigured(mistake.into())
    }

    /// Returns an error that is already of this type unchanged.
    fn from_boxed(error: BoxError) -> Self {
        match error.downcast::<Self>() {
            Ok(same) => *same,
            Err(error) => Self::Failed(error),
        }
    }
}

impl fmt::Display for IdentifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.write_str("the caller could not be identified"),
            Self::Misconfigured(mistake) => f.write_str(mistake),
        }
    }
}

impl Error for IdentifyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(&**error),
            Self::Misconfigured(_) => None,
        }
    }
}

/// Waits for the app's identify function: with a time limit, an event for its errors, and a boundary for its
/// panics. Returns the kind of the rejection if the caller could not be identified.
pub(crate) async fn identify_once(
    mfa: &Mfa,
    identify: impl Future<Output = Result<Option<Subject>, IdentifyError>>,
) -> Result<Option<Subject>, Kind> {
    // The error is also written as text inside the boundary, because that runs the app's code.
    let identified = guarded_call(async {
        match identify.await {
            Ok(subject) => Ok(subject),
            Err(IdentifyError::Failed(error)) => Err((Kind::Unavailable, with_causes(&*error))),
            Err(IdentifyError::Misconfigured(mistake)) => Err((Kind::Misconfigured, mistake)),
        }
    });
    let mistake = match identified.await {
        Ok(Ok(subject)) => match subject.as_ref().and_then(Subject::mistake) {
            Some(mistake) => Misconfigured::new(mistake),
            None => return Ok(subject),
        },
        Ok(Err((Kind::Misconfigured, mistake))) => Misconfigured::new(mistake),
        Ok(Err((kind, error))) => return Err(report_failure(mfa, kind, &error)),
        Err(why @ NoAnswer::TimedOut) => {
            return Err(report_failure(mfa, Kind::Unavailable, &why.to_string()));
        }
        Err(NoAnswer::Panicked) => Misconfigured::panicked("identify"),
    };
    mfa.misconfigured(mistake);
    Err(Kind::Misconfigured)
}

fn report_failure(mfa: &Mfa, kind: Kind, error: &str) -> Kind {
    mfa.observe(EventContext::new(), EventKind::AppFailed { function: "identify", error });
    kind
}

/// Maximum number of bytes of an extractor's rejection text that are read.
#[cfg(feature = "axum")]
pub(crate) const LONGEST_TEXT: usize = 1024;

/// Classifies the rejection of an extractor of the identity function by its status and text. `missing` returns advice
/// if the text indicates that a layer or an extension is missing.
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
    fn an_extractor_that_rejects_a_request_differs_from_one_that_fails() {
        for (status, text, expected) in [
            (303, "", "unauthenticated"),
            (400, "", "unauthenticated"),
            (401, "a layer is missing", "unauthenticated"),
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
                Ok(None) => "unauthenticated",
                Ok(Some(_)) => "identified",
                Err(IdentifyError::Failed(_)) => "failed",
                Err(IdentifyError::Misconfigured(_)) => "misconfigured",
            };
            assert_eq!(found, expected, "{status} {text}");
        }
    }
}
