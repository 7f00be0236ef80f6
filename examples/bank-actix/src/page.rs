//! Responses that handlers share.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ContentType, LOCATION},
    },
};
use askama::Template;

use crate::AppError;

/// A template as a response.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, AppError> {
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(template.render()?))
}

/// Sends the browser on to a page, whatever it was that it sent.
pub(crate) fn see_other(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
