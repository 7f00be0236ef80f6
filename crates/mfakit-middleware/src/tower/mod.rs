//! Integration with any tower stack.
//!
//! [`MfaLayer`] wraps the whole app once, and answers the routes if it is built with
//! [`with_routes`](MfaLayer::with_routes). A guard is a call of [`RequireMfa::guard`](crate::require::RequireMfa::guard),
//! or [`RequireMfa`](crate::require::RequireMfa) as a layer around a guarded service. The response body must implement
//! `From<Bytes>`, as axum's body and `http_body_util::Full` do.

mod body;
mod guard;
mod identify;
mod identify_future;
mod layer;
mod peer;
mod request_context;
mod require_mfa;
mod routes;
mod translate;
mod unread_body;
mod watched;
mod with_routes;

pub use body::{Body, BodyError};
pub use identify::{Identify, IntoIdentify};
pub use layer::{MfaLayer, MfaService, ResponseFuture};
pub use peer::PeerAddress;
pub use require_mfa::RequireMfaService;
pub use routes::MfaRoutes;
pub use with_routes::{MfaLayerWithRoutes, RoutesOr, RoutesOrFuture};

#[cfg(feature = "axum")]
pub(crate) use identify_future::IdentifyFuture;
pub(crate) use request_context::RequestContext;
#[cfg(feature = "axum")]
pub(crate) use request_context::original_uri;
pub(crate) use translate::into_response;
