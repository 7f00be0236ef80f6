//! Integration with any tower stack.
//!
//! [`MfaLayer`] wraps the whole app once, [`RequireMfa`](crate::require::RequireMfa) is a layer around a guarded
//! service, and [`MfaRoutes`] answers the routes. The response body must implement `From<Bytes>`, as axum's body and
//! `http_body_util::Full` do. A request body of a server, such as hyper's `Incoming`, must be boxed around [`MfaLayer`], as
//! [`RequireMfa`](crate::require::RequireMfa) describes.

mod identify;
mod layer;
mod peer;
mod request_context;
mod require_mfa;
mod routes;
mod translate;
mod unread_body;
mod watched;

pub use identify::{Identify, IntoIdentify};
pub use layer::{MfaLayer, MfaService, ResponseFuture};
pub use peer::PeerAddress;
pub use require_mfa::RequireMfaService;
pub use routes::MfaRoutes;

pub(crate) use request_context::RequestContext;
#[cfg(feature = "axum")]
pub(crate) use request_context::original_uri;
pub(crate) use translate::into_response;
