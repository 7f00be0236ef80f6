//! Kinds of errors of a provider.

use std::time::Duration;

/// Kind of a [`ProviderError`](crate::provider::ProviderError), according to who must act and whether a retry is safe.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::provider::ProviderErrorKind;
///
/// fn of(status: u16) -> ProviderErrorKind {
///     match status {
///         401 | 403 => ProviderErrorKind::Credentials,
///         429 => ProviderErrorKind::Throttled { retry_after: Duration::from_secs(120) },
///         400..500 => ProviderErrorKind::Request,
///         _ => ProviderErrorKind::Failed,
///     }
/// }
/// assert_eq!(of(403), ProviderErrorKind::Credentials);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderErrorKind {
    /// The user must wait. Nothing was sent or verified, and a retry after the wait is safe.
    Throttled {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The operator must fix the credentials or their permissions. Nothing was sent or verified.
    Credentials,
    /// The operator must act, because the request was not acceptable: its number, application or message.
    /// Nothing was sent or verified, and the same request fails again.
    Request,
    /// The provider could not be reached. Nothing was sent or verified, and a retry is safe.
    Unreachable,
    /// The provider failed or did not answer. It may have sent or verified the code, so a retry is not safe.
    Failed,
    /// The developer must act, because the answer could not be understood. The provider may have sent or verified the
    /// code, so a retry is not safe.
    Answer,
}

impl ProviderErrorKind {
    /// Labels of all kinds.
    #[cfg(feature = "metrics")]
    pub(crate) const LABELS: [&'static str; 6] =
        ["throttled", "credentials", "request", "unreachable", "failed", "answer"];

    /// Returns the kind as metrics and spans name it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Credentials => "credentials",
            Self::Request => "request",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::Answer => "answer",
        }
    }
}
