//! HTTP interface: Bandwidth's API, the controls, and the inbox page.

mod api;
mod control;
mod loopback;
mod page;
mod response;
mod server;

use std::sync::Arc;

use axum::{Router, middleware};

use crate::state::EmulatorState;

pub(crate) use server::serve;

/// Builds the router of all routes.
pub(crate) fn router(state: Arc<EmulatorState>) -> Router {
    Router::new()
        .merge(api::routes())
        .nest("/api/v1", api::routes())
        .nest("/api/v2", api::messaging_routes())
        .merge(control::routes())
        .merge(page::routes())
        .fallback(response::no_such_route)
        .method_not_allowed_fallback(response::no_such_route)
        .layer(middleware::from_fn(loopback::only))
        .with_state(state)
}
