//! Who is it? What the app's own function says when it cannot say.

use mfakit_core::BoxError;

/// Why the app could not say who it is. Nobody passes.
///
/// Not an error itself, so that any error becomes one by `?`.
#[derive(Debug)]
pub enum IdentifyError {
    /// It could not be found out now; answered with 503.
    Failed(BoxError),
    /// The app is put together wrongly, such as a session layer that is missing; answered with 500.
    Misconfigured(String),
}

impl<E: Into<BoxError>> From<E> for IdentifyError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
