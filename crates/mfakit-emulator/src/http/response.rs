//! Builds HTTP responses. Statuses, content types and dropped connections are handled only here.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use crate::{
    api_error::{ApiError, documented_body},
    endpoint::Endpoint,
    fault::{self, Fault},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Content type of every error example in Bandwidth's documentation.
const ERROR_JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Marker for a response that is not sent. The server closes the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

pub(crate) fn json(status: u16, body: &Value) -> Response {
    let kind = if status < 400 { JSON } else { ERROR_JSON };
    build(status, kind, body.to_string())
}

/// Builds a success from a body that is already JSON.
pub(crate) fn json_text(body: String) -> Response {
    build(200, JSON, body)
}

pub(crate) fn error(error: &ApiError) -> Response {
    json(error.status(), &error.body())
}

/// Builds an error response of this endpoint.
pub(crate) fn error_at(endpoint: Endpoint, error: &ApiError) -> Response {
    json(error.status(), &error.body_at(endpoint))
}

pub(crate) fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(crate) fn hang_up() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HangUp);
    response
}

/// Builds the response that a fault requests.
pub(crate) fn faulty(fault: &Fault) -> Response {
    let status = fault.status.filter(|status| (200..=599).contains(status)).unwrap_or(500);
    let mut response = match &fault.body {
        Some(Value::String(raw)) => {
            let kind = if raw.trim_start().starts_with('<') { HTML } else { TEXT };
            build(status, kind, raw.clone())
        }
        Some(body) => json(status, body),
        None => json(status, &documented_body(fault.endpoint, status)),
    };
    for (name, value) in &fault.headers {
        if let Some((name, value)) = fault::header(name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Builds the gateway's response to an unknown path or method.
pub(crate) async fn no_such_route() -> Response {
    error(&ApiError::NoSuchRoute)
}

/// Builds the response to a wrong method on a path that Bandwidth does not have. It states the allowed methods,
/// which the gateway's response would not.
pub(crate) async fn wrong_method(allowed: &'static str) -> Response {
    let mut response = json(405, &json!({"error": format!("the allowed methods are {allowed}")}));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

fn build(status: u16, kind: HeaderValue, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
