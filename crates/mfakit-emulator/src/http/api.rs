//! Bandwidth's API: the three operations and the token endpoint.
//!
//! 1. A call is written down when it arrives, before faults, credentials or limits are looked at.
//! 2. Faults come before credentials, credentials before the body.
//! 3. A call runs to its end even if the client stops waiting: the real service does not notice either.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use super::answer;
use crate::desk::{Desk, token_body};
use crate::endpoint::Endpoint;
use crate::message::Channel;
use crate::refusal::Refusal;

/// The longest body that is read; the longest valid request is about a quarter of it.
const LONGEST_BODY: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/accounts/{account}/code/messaging", post(messaging))
        .route("/accounts/{account}/code/voice", post(voice))
        .route("/accounts/{account}/code/verify", post(verify))
        .route("/oauth2/token", post(token))
}

async fn messaging(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    answer(desk, Endpoint::Messaging, request).await
}

async fn voice(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    answer(desk, Endpoint::Voice, request).await
}

async fn verify(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    answer(desk, Endpoint::Verify, request).await
}

async fn token(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    answer(desk, Endpoint::Token, request).await
}

/// A request, read off the wire.
struct Asked {
    endpoint: Endpoint,
    account: String,
    authorization: Option<HeaderValue>,
    body: Bytes,
}

async fn answer(desk: Arc<Desk>, endpoint: Endpoint, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let account = account(head.uri.path()).to_owned();
    if account.is_empty() && endpoint != Endpoint::Token {
        return answer::no_such_route().await;
    }
    let authorization = head.headers.get(header::AUTHORIZATION).cloned();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        let refused = Refusal::TooLong;
        let call = desk.record(endpoint, b"");
        desk.answered(call, refused.status());
        return answer::refusal(&refused);
    };
    let asked = Asked { endpoint, account, authorization, body };
    // A task of its own, because the server drops this future when the client hangs up.
    match tokio::spawn(run(desk, asked)).await {
        Ok(response) => response,
        Err(_) => answer::hang_up(),
    }
}

async fn run(desk: Arc<Desk>, asked: Asked) -> Response {
    let call = desk.record(asked.endpoint, &asked.body);
    let response = match desk.take_fault(asked.endpoint) {
        None => carry_out(&desk, &asked),
        Some(fault) => {
            let carried_out = fault.after.then(|| carry_out(&desk, &asked));
            tokio::time::sleep(fault.wait()).await;
            if fault.drop {
                return answer::hang_up();
            }
            if fault.only_delays() {
                carried_out.unwrap_or_else(|| carry_out(&desk, &asked))
            } else {
                answer::faulty(&fault)
            }
        }
    };
    desk.answered(call, response.status().as_u16());
    response
}

fn carry_out(desk: &Desk, asked: &Asked) -> Response {
    let Asked { endpoint, account, authorization, body } = asked;
    let authorization = authorization.as_ref().map(HeaderValue::as_bytes);
    let operate = |operation: &dyn Fn() -> Result<Value, Refusal>| match desk
        .admit(authorization)
        .and_then(|()| operation())
    {
        Ok(body) => answer::json(200, &body),
        Err(refused) => answer::refusal(&refused),
    };
    match endpoint {
        Endpoint::Messaging => {
            operate(&|| Ok(json!({"messageId": desk.send(account, Channel::Messaging, body)?})))
        }
        Endpoint::Voice => operate(&|| Ok(json!({"callId": desk.send(account, Channel::Voice, body)?}))),
        Endpoint::Verify => operate(&|| Ok(json!({"valid": desk.verify(account, body)?}))),
        Endpoint::Token => issue_token(desk, authorization, body),
    }
}

/// The account in a path, as it is written there: what it may look like is not documented, so anything goes.
fn account(path: &str) -> &str {
    path.split('/').skip_while(|segment| *segment != "accounts").nth(1).unwrap_or_default()
}

fn issue_token(desk: &Desk, authorization: Option<&[u8]>, body: &[u8]) -> Response {
    let mut response = match desk.issue_token(authorization, body) {
        Ok(token) => answer::json(200, &token_body(&token)),
        Err(why) => {
            answer::json(why.status(), &json!({"error": why.error(), "error_description": why.description()}))
        }
    };
    let refused_client = response.status().as_u16() == 401;
    let headers = response.headers_mut();
    // RFC 6749, section 5.1: a token is not for caches; section 5.2: a refused client that used Basic is told so.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refused_client && authorization.is_some() {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"emulator\""));
    }
    response
}
