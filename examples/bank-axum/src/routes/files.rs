//! Static files: the style sheet, the script and the icon.

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    routing::get,
};
use bank::pages::{FILES, File};

/// `GET /bank.css`, `GET /bank.js` and `GET /bank.svg`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.into_iter().fold(Router::new(), |router, File { path, content_type, content }| {
        let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, File::CACHE_CONTROL)];
        router.route(path, get(async move || (headers, content)))
    })
}
