//! Port to the app's identify function.

use async_trait::async_trait;
use http::request::Parts;
use mfakit_core::Subject;

use crate::{identify::IdentifyError, sealed::Seal};

/// Function of the app that identifies the caller.
///
/// It is called when a guard needs it, at most once per request. It receives everything that the layers around that
/// guard have put into the request. On axum, use an async function of extractors instead.
///
/// Implement this trait for your own type:
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_middleware::{IdentifyError, tower::Identify};
/// use mfakit_core::{LoginId, Subject};
///
/// #[derive(Clone)]
/// struct Session { user: String, login: LoginId }
///
/// struct BySession;
///
/// #[async_trait]
/// impl Identify for BySession {
///     async fn identify(&self, parts: &mut http::request::Parts) -> Result<Option<Subject>, IdentifyError> {
///         let session = parts.extensions.get::<Session>();
///         Ok(session.map(|session| Subject::cookie(session.user.as_str(), session.login)))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Identify`",
    note = "implement `Identify` for a type of your own; on axum, pass an async function of extractors to `MfaLayer::new`"
)]
#[async_trait]
pub trait Identify: Send + Sync + 'static {
    /// Returns the caller, or `None` if the request is unauthenticated.
    ///
    /// # Errors
    ///
    /// Returns an error if the caller could not be identified. Convert other errors with
    /// [`IdentifyError::failed`].
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError>;
}

/// Conversion to an [`Identify`], from an [`Identify`] itself or, on axum, from an async function of extractors. `M`
/// tells the two apart and is always inferred.
///
/// This trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an identify function",
    label = "not an identify function",
    note = "on axum, write `async fn(extractors…) -> Result<Option<Subject>, E>`, with at most eight extractors; none of \
            them may read the body",
    note = "if it extracts `State`, write `MfaLayer::with_state(mfa, state, identify)`",
    note = "if it returns an `Option`, write `Result<Option<Subject>, E>` and return `Ok(None)` for an unauthenticated \
            request",
    note = "`E` must implement `std::error::Error + Send + Sync`; otherwise return `IdentifyError`, for example with \
            `.map_err(|error| IdentifyError::failed(error.to_string()))`",
    note = "on other tower stacks, implement `Identify` for a type of your own"
)]
pub trait IntoIdentify<M> {
    /// Result of the conversion.
    type Identify: Identify;

    #[doc(hidden)]
    fn into_identify(self, seal: Seal) -> Self::Identify;
}

/// Marker of the conversion from an [`Identify`].
#[derive(Debug)]
pub struct Itself;

impl<I: Identify> IntoIdentify<Itself> for I {
    type Identify = I;

    fn into_identify(self, _: Seal) -> I {
        self
    }
}
