//! For axum: extractors, a router, and functions of extractors that say who it is.

mod granted;
mod guarded;
mod identify;
mod kept;
mod mfa_rejection;
mod routes;
mod step_up;

pub use identify::{ExtractorFn, ViaExtractors};
pub use routes::routes;
