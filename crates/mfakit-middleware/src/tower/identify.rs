//! Who is it? Asked of the app.

use async_trait::async_trait;
use http::request::Parts;
use mfakit_core::Subject;

use crate::identify::IdentifyError;

/// The app's way to say who sends a request.
///
/// Asked when a guard needs it, at most once a request, wherever the guard stands; so it sees what the layers
/// around the guard have put into the request. On axum an async function of extractors is one.
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
#[async_trait]
pub trait Identify: Send + Sync + 'static {
    /// Who it is, or `None` where nobody is logged in.
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError>;
}

/// What can become an [`Identify`]: one itself, or (on axum) an async function of extractors. `M` tells them
/// apart and is never written.
pub trait IntoIdentify<M> {
    /// The result.
    type Identify: Identify;

    /// Makes it one.
    fn into_identify(self) -> Self::Identify;
}

/// Marks what is an [`Identify`] by itself.
#[derive(Debug)]
pub struct Itself;

impl<I: Identify> IntoIdentify<Itself> for I {
    type Identify = I;

    fn into_identify(self) -> I {
        self
    }
}
