//! Error of a call that several callers can share.

use super::http::Cause;
use crate::provider::{ProviderError, ProviderErrorKind};

/// Error that becomes a [`ProviderError`]. It can be cloned, so all callers that waited for a token get the same error.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: ProviderErrorKind,
    detail: String,
    source: Option<Cause>,
}

impl Failure {
    pub(super) fn new(kind: ProviderErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }

    pub(super) const fn kind(&self) -> ProviderErrorKind {
        self.kind
    }

    /// Adds the cause. It does not contain the URL.
    pub(super) fn caused_by(mut self, source: Cause) -> Self {
        self.source = Some(source);
        self
    }
}

impl From<Failure> for ProviderError {
    fn from(failure: Failure) -> Self {
        let error = Self::new(failure.kind, failure.detail);
        match failure.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}
