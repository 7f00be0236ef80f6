//! Routes as a router.

use axum::{Router, body::Body};
use mfakit_core::{Mfa, adapter::MfaExt as _};

use crate::tower::MfaRoutes;

/// Returns mfakit's routes: the page, start, verify and drop, below the builder's path (`/mfa`).
///
/// Merge them into the app's own router, inside the `MfaLayer` of the same engine, which identifies the caller. Inside
/// the layer of another engine, every call is answered with 500. Do not nest them, because the builder's path is the
/// full path.
///
/// ```
/// # use mfakit_core::Mfa;
/// # fn example(mfa: Mfa) -> axum::Router {
/// axum::Router::new().merge(mfakit_middleware::axum::routes(&mfa))
/// # }
/// ```
pub fn routes<S: Clone + Send + Sync + 'static>(mfa: &Mfa) -> Router<S> {
    let path = mfa.site().path();
    let service = MfaRoutes::<Body>::new(mfa);
    Router::new()
        .route_service(&format!("{path}/{{scope}}"), service.clone())
        .route_service(&format!("{path}/{{scope}}/{{action}}"), service)
}
