//! What the emulator says over HTTP: Bandwidth's API, the controls, and the page.

mod answer;
mod api;
mod control;
mod loopback;
mod page;
mod server;

use std::sync::Arc;

use axum::Router;
use axum::middleware;

use crate::desk::Desk;

pub(crate) use server::serve;

pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .merge(api::routes())
        .nest("/api/v1", api::routes())
        .merge(control::routes())
        .merge(page::routes())
        .fallback(answer::no_such_route)
        .method_not_allowed_fallback(answer::no_such_route)
        .layer(middleware::from_fn(loopback::only))
        .with_state(desk)
}
