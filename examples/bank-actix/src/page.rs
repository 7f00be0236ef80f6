//! Responses of several handlers.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ContentType, LOCATION},
    },
};
use askama::Template;

use crate::AppError;

/// Renders a template as a response.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, AppError> {
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(template.render()?))
}

/// Redirects the browser to a page with a `GET`, after any request.
pub(crate) fn see_other(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
