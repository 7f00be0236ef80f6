//! Answers as responses: the only place that knows status lines, content types and hung-up connections.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::fault::{self, Fault};
use crate::refusal::{Refusal, documented_body};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The content type of every error example in Bandwidth's documentation.
const ERROR_JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Marks a response that must never be written: the server closes the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

pub(crate) fn json(status: u16, body: &Value) -> Response {
    let kind = if status < 400 { JSON } else { ERROR_JSON };
    written(status, kind, body.to_string())
}

/// A success whose body is JSON already.
pub(crate) fn json_text(body: String) -> Response {
    written(200, JSON, body)
}

pub(crate) fn refusal(refusal: &Refusal) -> Response {
    json(refusal.status(), &refusal.body())
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

/// The answer a fault asks for.
pub(crate) fn faulty(fault: &Fault) -> Response {
    let status = fault.status.filter(|status| (200..=599).contains(status)).unwrap_or(500);
    let mut response = match &fault.body {
        Some(Value::String(raw)) => {
            let kind = if raw.trim_start().starts_with('<') { HTML } else { TEXT };
            written(status, kind, raw.clone())
        }
        Some(body) => json(status, body),
        None => json(status, &documented_body(status)),
    };
    for (name, value) in &fault.headers {
        if let Some((name, value)) = fault::header(name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The gateway's answer to every path and method that does not exist.
pub(crate) async fn no_such_route() -> Response {
    refusal(&Refusal::NoSuchRoute)
}

/// For the emulator's own paths, whose callers are helped more by the truth than by the gateway's words.
pub(crate) async fn wrong_method(allowed: &'static str) -> Response {
    let mut response = json(405, &json!({"error": format!("this path takes {allowed}")}));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

fn written(status: u16, kind: HeaderValue, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
