//! Why a call came to nothing, in a form that several callers can share.

use std::sync::Arc;

use crate::provider::{ProviderError, ProviderErrorKind};

/// What becomes a [`ProviderError`]. Can be copied: everyone who waited for a token gets the same one.
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

    /// The same failure with what caused it. The URL is left out: it says nothing that the log needs.
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
