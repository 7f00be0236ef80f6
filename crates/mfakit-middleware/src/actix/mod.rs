//! Integration with actix-web: middleware, extractors and routes.
//!
//! [`MfaMiddleware`] wraps the whole app once, [`RequireMfa`](crate::require::RequireMfa) is middleware around a guarded
//! resource or scope, and [`routes`] answers the routes.

use std::pin::Pin;

mod approved_argument;
mod bound;
mod granted;
mod guarded;
mod identify;
mod mfa_rejection;
mod middleware;
mod request_context;
mod require_mfa;
mod routes;
mod step_up;
mod unread_payload;
mod watched;

pub use identify::{ExtractorFn, IdentifyFailure};
pub use middleware::{MfaMiddleware, MfaService};
pub use require_mfa::RequireMfaService;
pub use routes::routes;

/// Boxed future that stays on its thread.
type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
