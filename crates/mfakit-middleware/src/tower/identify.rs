//! Port to the app's identify function.

use async_trait::async_trait;
use http::request::Parts;
use mfakit_core::Subject;

use crate::{identify::IdentifyError, sealed::Seal, tower::identify_future::IdentifyFuture};

/// Function of the app that identifies the caller.
///
/// It is called when a guard needs it, and the guards of a request share its answer. It receives everything that the layers
/// around that guard have put into the request. One of mfakit's routes calls it again if the body took more than a second to
/// arrive, because the session may have ended. A credential for a single use, such as a proof of possession, is rejected at
/// the second call, and the request fails.
///
/// Most apps pass an async function to [`MfaLayer::new`](crate::tower::MfaLayer::new) instead: one of
/// [`http::request::Parts`], or on axum of extractors. Implement this trait for your own type if that is not enough:
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
    note = "pass `MfaLayer::new` an async function of `http::request::Parts` (on axum, of extractors), or implement \
            `Identify` for a type of your own"
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

    /// Calls [`identify`](Self::identify) for a guard. Functions are called without a box.
    #[doc(hidden)]
    fn identify_in_place<'a>(&'a self, parts: &'a mut Parts, _: Seal) -> IdentifyFuture<'a> {
        // An implementation may run code, and panic, before it returns its future. That must not happen here.
        IdentifyFuture::new(async { self.identify(parts).await })
    }
}

/// Conversion to an [`Identify`], from an [`Identify`] itself, or from an async function of
/// [`http::request::Parts`] or, on axum, of extractors. `M` tells them apart and is always inferred.
///
/// ```
/// use http::request::Parts;
/// use mfakit_core::{LoginId, Mfa, Subject};
/// use mfakit_middleware::tower::MfaLayer;
///
/// async fn identify(parts: Parts) -> Result<Option<Subject>, std::convert::Infallible> {
///     let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
///     let Some((user, session)) = header("x-user").zip(header("x-session")) else { return Ok(None) };
///     Ok(Some(Subject::cookie(user, LoginId::from_session_id(session))))
/// }
///
/// fn layer(mfa: Mfa) -> MfaLayer {
///     MfaLayer::new(mfa, identify)
/// }
/// ```
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
    note = "on other tower stacks, write `async fn(http::request::Parts) -> Result<Option<Subject>, E>`, or implement \
            `Identify` for a type of your own"
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

/// Marker of the conversion from a function of [`Parts`]. On axum, `Parts` is an extractor, so that such a function is one
/// of extractors.
#[cfg(not(feature = "axum"))]
#[derive(Debug)]
pub struct ViaParts;

/// Function of [`Parts`] that identifies the caller.
#[cfg(not(feature = "axum"))]
#[derive(Debug)]
pub struct OfParts<F>(F);

#[cfg(not(feature = "axum"))]
#[async_trait]
impl<F, Fut, E> Identify for OfParts<F>
where
    F: Fn(Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Subject>, E>> + Send,
    E: Into<mfakit_core::BoxError>,
{
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError> {
        self.0(parts.clone()).await.map_err(IdentifyError::failed)
    }

    fn identify_in_place<'a>(&'a self, parts: &'a mut Parts, _: Seal) -> IdentifyFuture<'a> {
        IdentifyFuture::new(async { self.0(parts.clone()).await.map_err(IdentifyError::failed) })
    }
}

#[cfg(not(feature = "axum"))]
impl<F, Fut, E> IntoIdentify<ViaParts> for F
where
    F: Fn(Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Subject>, E>> + Send,
    E: Into<mfakit_core::BoxError>,
    OfParts<F>: Identify,
{
    type Identify = OfParts<F>;

    fn into_identify(self, _: Seal) -> OfParts<F> {
        OfParts(self)
    }
}
