//! Calls the app's identify function.

use std::{
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use mfakit_core::{
    BoxError, Mfa, Misconfigured, Subject,
    adapter::{MfaExt as _, NoAnswer},
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

/// Answer of the app's identify function.
pub(crate) type Identified = Result<Option<Subject>, IdentifyError>;

/// Reason why the app's function did not identify the caller.
pub(crate) enum Failure {
    Unavailable(String),
    Misconfigured(Misconfigured),
}

impl From<NoAnswer> for Failure {
    fn from(why: NoAnswer) -> Self {
        match why {
            NoAnswer::TimedOut => Self::Unavailable(why.to_string()),
            NoAnswer::Panicked => Self::panicked(),
        }
    }
}

impl From<Misconfigured> for Failure {
    fn from(mistake: Misconfigured) -> Self {
        Self::Misconfigured(mistake)
    }
}

impl From<IdentifyError> for Failure {
    /// Returns the reason that an error of the app gives. The app's code writes its text, and may panic.
    fn from(error: IdentifyError) -> Self {
        let described = AssertUnwindSafe(|| match error {
            IdentifyError::Failed(error) => Self::Unavailable(with_causes(&*error)),
            IdentifyError::Misconfigured(mistake) => Self::Misconfigured(Misconfigured::new(mistake)),
        });
        catch_unwind(described).unwrap_or_else(|_| Self::panicked())
    }
}

impl Failure {
    fn panicked() -> Self {
        Self::Misconfigured(Misconfigured::panicked("identify"))
    }

    /// Reports the reason, and returns the kind of the rejection.
    pub(crate) fn report(self, mfa: &Mfa) -> Kind {
        match self {
            Self::Unavailable(error) => {
                let function = "identify";
                mfa.observe(EventContext::new(), EventKind::AppFailed { function, error: &error });
                Kind::Unavailable
            }
            Self::Misconfigured(mistake) => {
                mfa.misconfigured(mistake);
                Kind::Misconfigured
            }
        }
    }
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
