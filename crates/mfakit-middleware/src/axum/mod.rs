//! Integration with axum: extractors, a router, and identify functions of extractors.

mod approved_argument;
mod bound;
mod granted;
mod guarded;
mod head_snapshot;
mod identify;
mod mfa_rejection;
mod routes;
mod step_up;

pub use identify::{ExtractorFn, ViaExtractors};
pub use routes::routes;
