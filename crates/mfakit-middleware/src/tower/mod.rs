//! For any tower stack.
//!
//! [`MfaLayer`] goes around the app once, [`RequireMfa`](crate::require::RequireMfa) is a layer around what it guards,
//! and [`MfaRoutes`] answers the routes. The response body has to be makeable of bytes, as axum's and
//! `http_body_util::Full` are.

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

pub(crate) use request_context::{RequestContext, claim, facts_of};
#[cfg(feature = "axum")]
pub(crate) use request_context::{cookies, original_uri};
pub(crate) use translate::into_response;
