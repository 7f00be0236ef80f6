//! For actix-web: middleware, extractors and routes.
//!
//! [`MfaMiddleware`] goes around the app once, [`RequireMfa`](crate::require::RequireMfa) is middleware around what it
//! guards, and [`routes`] answers the routes.

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

pub use identify::ExtractorFn;
pub use middleware::{MfaMiddleware, MfaService};
pub use require_mfa::RequireMfaService;
pub use routes::routes;
