//! For actix-web: middleware, extractors and routes.
//!
//! [`MfaMiddleware`] goes around the app once, [`RequireMfa`](crate::require::RequireMfa) is middleware around what it
//! guards, and [`routes`] answers the routes.

mod granted;
mod guard;
mod guarded;
mod identify;
mod leftover;
mod mfa_rejection;
mod middleware;
mod request;
mod routes;
mod step_up;
mod watched;

pub use guard::Guard;
pub use identify::ExtractorFn;
pub use middleware::{MfaMiddleware, MfaService};
pub use routes::routes;
