//! The style sheet and the picture in the tab.

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

/// `GET /bank.css` and `GET /bank.svg`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/bank.css",
            get(async || file("text/css; charset=utf-8", include_str!("../../assets/bank.css"))),
        )
        .route("/bank.svg", get(async || file("image/svg+xml", include_str!("../../assets/bank.svg"))))
}

fn file(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=300")], content)
}
