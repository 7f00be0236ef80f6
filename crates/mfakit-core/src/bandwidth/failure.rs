//! Error of a call that several callers can share.

use std::sync::Arc;

use crate::provider::{ProviderError, ProviderErrorKind};

/// Error that becomes a [`ProviderError`]. It can be cloned, so all callers that waited for a token get the same error.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: ProviderErrorKind,
    detail: String,
    source: Option<Arc<reqwest::Error>>,
}

impl Failure {
    pub(super) fn new(kind: ProviderErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }

    /// Adds the cause. Its URL is removed, because the log does not need it.
    pub(super) fn caused_by(mut self, source: reqwest::Error) -> Self {
        self.source = Some(Arc::new(source.without_url()));
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
