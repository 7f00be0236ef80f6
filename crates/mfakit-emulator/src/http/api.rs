//! Bandwidth's APIs: the three operations on codes, text messages, and the token endpoint.
//!
//! 1. A call is recorded on arrival, before faults, credentials and limits are checked.
//! 2. Faults are checked before credentials, and credentials before the body.
//! 3. A call runs to completion even if the client disconnects, as it does in the real service.

use std::sync::Arc;

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    response::Response,
    routing::post,
};
use serde_json::{Value, json};

use super::response;
use crate::{
    api_error::ApiError,
    endpoint::Endpoint,
    message::Channel,
    state::{EmulatorState, token_body},
};

/// Longest body that is read, in bytes. The longest valid request is about a quarter of it.
const MAX_BODY: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Arc<EmulatorState>> {
    Router::new()
        .route("/accounts/{account}/code/messaging", post(messaging))
        .route("/accounts/{account}/code/voice", post(voice))
        .route("/accounts/{account}/code/verify", post(verify))
        .route("/oauth2/token", post(token))
}

/// Routes of the Messaging API.
pub(crate) fn messaging_routes() -> Router<Arc<EmulatorState>> {
    Router::new().route("/users/{account}/messages", post(text))
}

async fn messaging(State(state): State<Arc<EmulatorState>>, request: Request) -> Response {
    respond(state, Endpoint::Messaging, request).await
}

async fn voice(State(state): State<Arc<EmulatorState>>, request: Request) -> Response {
    respond(state, Endpoint::Voice, request).await
}

async fn verify(State(state): State<Arc<EmulatorState>>, request: Request) -> Response {
    respond(state, Endpoint::Verify, request).await
}

async fn text(State(state): State<Arc<EmulatorState>>, request: Request) -> Response {
    respond(state, Endpoint::Text, request).await
}

async fn token(State(state): State<Arc<EmulatorState>>, request: Request) -> Response {
    respond(state, Endpoint::Token, request).await
}

/// An API request whose body has been read.
struct ApiRequest {
    endpoint: Endpoint,
    account: String,
    authorization: Option<HeaderValue>,
    is_json: bool,
    body: Bytes,
}

async fn respond(state: Arc<EmulatorState>, endpoint: Endpoint, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let account = account(head.uri.path()).to_owned();
    if account.is_empty() && endpoint != Endpoint::Token {
        return response::no_such_route().await;
    }
    let authorization = head.headers.get(header::AUTHORIZATION).cloned();
    let is_json = is_json(head.headers.get(header::CONTENT_TYPE));
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        let error = ApiError::TooLong;
        let call = state.record(endpoint, b"");
        state.record_status(call, error.status());
        return response::error(&error);
    };
    let request = ApiRequest { endpoint, account, authorization, is_json, body };
    // Use a separate task, because the server drops this future when the client disconnects.
    match tokio::spawn(run(state, request)).await {
        Ok(response) => response,
        Err(_) => response::hang_up(),
    }
}

async fn run(state: Arc<EmulatorState>, request: ApiRequest) -> Response {
    let call = state.record(request.endpoint, &request.body);
    let response = match state.take_fault(request.endpoint) {
        None => carry_out(&state, &request),
        Some(fault) => {
            let carried_out = fault.after.then(|| carry_out(&state, &request));
            tokio::time::sleep(fault.wait()).await;
            if fault.drop {
                return response::hang_up();
            }
            if fault.only_delays() {
                carried_out.unwrap_or_else(|| carry_out(&state, &request))
            } else {
                response::faulty(&fault)
            }
        }
    };
    state.record_status(call, response.status().as_u16());
    response
}

fn carry_out(state: &EmulatorState, request: &ApiRequest) -> Response {
    let ApiRequest { endpoint, account, authorization, is_json, body } = request;
    let authorization = authorization.as_ref().map(HeaderValue::as_bytes);
    let operate = |operation: &dyn Fn() -> Result<Value, ApiError>| match state
        .authorize(authorization)
        .and_then(|()| operation())
    {
        Ok(body) if *endpoint == Endpoint::Text => response::json(202, &body),
        Ok(body) => response::json(200, &body),
        Err(error) => response::error_at(*endpoint, &error),
    };
    match endpoint {
        Endpoint::Messaging => {
            operate(&|| Ok(json!({"messageId": state.send(account, Channel::Messaging, body)?})))
        }
        Endpoint::Voice => operate(&|| Ok(json!({"callId": state.send(account, Channel::Voice, body)?}))),
        Endpoint::Verify => operate(&|| Ok(json!({"valid": state.verify(account, body)?}))),
        // The other endpoints accept a body of any content type.
        Endpoint::Text => operate(&|| {
            if *is_json { state.send_text(body) } else { Err(ApiError::NotJson) }
        }),
        Endpoint::Token => issue_token(state, authorization, body),
    }
}

/// Returns the account in a path. Its format is not documented, so any text is accepted.
fn account(path: &str) -> &str {
    let mut segments = path.split('/').skip_while(|segment| !matches!(*segment, "accounts" | "users"));
    segments.nth(1).unwrap_or_default()
}

/// Returns whether a content type is JSON, with or without parameters.
fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let kind = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn issue_token(state: &EmulatorState, authorization: Option<&[u8]>, body: &[u8]) -> Response {
    let mut response = match state.issue_token(authorization, body) {
        Ok(token) => response::json(200, &token_body(&token)),
        Err(why) => response::json(
            why.status(),
            &json!({"error": why.error(), "error_description": why.description()}),
        ),
    };
    let rejected = response.status().as_u16() == 401;
    let headers = response.headers_mut();
    // RFC 6749 forbids caching of tokens (section 5.1), and requires this challenge in the response to a client
    // that used Basic and is rejected (section 5.2).
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if rejected && authorization.is_some() {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"emulator\""));
    }
    response
}
