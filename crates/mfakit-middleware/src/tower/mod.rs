//! For any tower stack.
//!
//! [`MfaLayer`] goes around the app once, [`RequireMfa`](crate::require::RequireMfa) is a layer around what it guards,
//! and [`MfaRoutes`] answers the routes. The response body has to be makeable of bytes, as axum's and
//! `http_body_util::Full` are.

mod guard;
mod identify;
mod layer;
mod leftover;
mod peer;
mod request;
mod routes;
mod translate;
mod watched;

pub use guard::Guard;
pub use identify::{Identify, IntoIdentify};
pub use layer::{MfaLayer, MfaService, ResponseFuture};
pub use peer::PeerAddress;
pub use routes::MfaRoutes;

pub(crate) use request::{Carried, claim, facts_of};
#[cfg(feature = "axum")]
pub(crate) use request::{cookies, original_uri};
pub(crate) use translate::into_response;
