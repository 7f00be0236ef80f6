//! Error of a store.

use std::{error::Error, fmt};

/// Error of a store that could not complete an operation. The outcome is then unknown, so the engine fails closed and
/// rejects the request.
///
/// ```
/// use mfakit_core::store::StoreError;
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = StoreError::new("no connection to the database").with_source(refused);
/// assert_eq!(error.to_string(), "the store failed: no connection to the database");
/// ```
#[derive(Debug)]
pub struct StoreError {
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// Creates an error. `detail` is logged, so it must not contain a user, a number or a token.
    pub fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), source: None }
    }

    /// Adds the cause of the error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store failed: {}", self.detail)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
