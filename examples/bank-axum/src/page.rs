//! Templates as responses.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::AppError;

/// A template as a response. The status is 200, or another with `(status, Page(template))`.
pub(crate) struct Page<T>(pub(crate) T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => Html(page).into_response(),
            Err(error) => AppError::from(error).into_response(),
        }
    }
}
