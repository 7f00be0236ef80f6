//! The cost of a guard for a request that passes, on axum: `cargo bench -p mfakit-tests --bench guard`.
//!
//! One app, one handler, the same session layer throughout. The memory store holds 10,000 other grants, and
//! the request carries a browser's headers with a session cookie beside the grant cookie.
//!
//! | row | around the handler |
//! |---|---|
//! | `no-op layer` | a layer that holds an `Arc` and does nothing |
//! | `MfaLayer` | `MfaLayer`, and no guard: the base of the rows below |
//! | `by hand` | `MfaLayer`, and an extractor written by hand with one map read |
//! | `attribute` | `MfaLayer`, and `#[require_mfa]` |
//! | `layer` | `MfaLayer`, and `RequireMfa` as a layer |
//! | `once` | `MfaLayer`, and `#[require_mfa(.., once)]`, which consumes the grant |
//! | `axum-login` | axum-login over the memory store of tower-sessions, and no guard: the base of the rows below |
//! | `axum-login, session key` | an extractor written by hand, which reads the time of the code from the session |
//! | `axum-login, attribute` | `MfaLayer` with the user and session of axum-login, and `#[require_mfa]` |
//!
//! Allocations are counted once, before the times are taken.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod axum_login;
#[path = "../world/mod.rs"]
mod world;

use std::{
    convert::Infallible,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::Response,
    routing::get,
};
use mfakit::{MfaLayer, RequireMfa, Subject, require_mfa};
use tokio::runtime::Runtime;
use tower::{Layer, Service};
use world::{ELEVATED, HEADERS, OTHER_SESSION, Session, cookies, grant_once, world};

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

async fn identify(session: Session) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie(session.user, session.login)))
}

async fn unguarded() -> &'static str {
    "done"
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn by_attribute() -> &'static str {
    "done"
}

#[require_mfa(scope = "pay", max_age = "5m", once)]
async fn by_attribute_once() -> &'static str {
    "done"
}

async fn by_hand(_: ByHand) -> &'static str {
    "done"
}

/// The least that an extractor can do: identify the caller, and read one map.
struct ByHand;

impl<S: Send + Sync> FromRequestParts<S> for ByHand {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let session = Session::from_request_parts(parts, state).await?;
        let elevated = ELEVATED.read().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        elevated.contains_key(&session.login).then_some(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// A layer that does nothing. It holds an `Arc`, because axum boxes a route's layers for every request, and a
/// layer without a size would save an allocation that mfakit does not cause.
#[derive(Clone)]
struct NoOp<S = ()>(S, Arc<()>);

impl<S> Layer<S> for NoOp {
    type Service = NoOp<S>;

    fn layer(&self, inner: S) -> NoOp<S> {
        NoOp(inner, self.1.clone())
    }
}

impl<S: Service<Request>> Service<Request> for NoOp<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.0.call(request)
    }
}

/// Row of this benchmark.
type Row = world::row::Row<Request, Response>;

fn row(
    (name, over): (&'static str, &'static str),
    runtime: &Rc<Runtime>,
    mut app: Router,
    request: impl Fn() -> Request + 'static,
) -> Row {
    let runtime = runtime.clone();
    let answer = move |request: Request| runtime.block_on(app.call(request)).unwrap();
    Row { name, over, request: Box::new(request), answer: Box::new(answer) }
}

/// Builds a request like a browser's.
fn request(cookies: &str) -> Request {
    let mut request = Request::get("/pay");
    for (name, value) in HEADERS {
        request = request.header(*name, *value);
    }
    request.header(header::COOKIE, cookies).body(Body::empty()).unwrap()
}

/// Builds a request with the extension of a session layer.
fn with_session(session: &Session, grant: &str) -> Request {
    let mut request = request(&cookies(OTHER_SESSION, grant));
    request.extensions_mut().insert(session.clone());
    request
}

fn rows() -> Vec<Row> {
    let runtime = Rc::new(tokio::runtime::Builder::new_current_thread().build().unwrap());
    let (mfa, session, grant) = runtime.block_on(world());
    let layer = MfaLayer::new(mfa.clone(), identify);
    let app = |handler| Router::new().route("/pay", handler).layer(layer.clone());
    let unlayered = Router::new().route("/pay", get(unguarded)).layer(NoOp((), Arc::default()));
    let guarded = |name, over, app| {
        let (session, grant) = (session.clone(), grant.clone());
        row((name, over), &runtime, app, move || with_session(&session, &grant))
    };
    let mut rows = vec![
        guarded("no-op layer", "", unlayered),
        guarded("MfaLayer", "no-op layer", app(get(unguarded))),
        guarded("by hand", "MfaLayer", app(get(by_hand))),
        guarded("attribute", "MfaLayer", app(get(by_attribute))),
        guarded("layer", "MfaLayer", app(get(unguarded).layer(RequireMfa::scope("pay")))),
    ];
    let (granting, payers) = (runtime.clone(), mfa.clone());
    rows.push(row(("once", "MfaLayer"), &runtime, app(get(by_attribute_once)), move || {
        let (session, grant) = granting.block_on(grant_once(&payers));
        with_session(&session, &grant)
    }));
    rows.extend(axum_login::rows(&runtime, &mfa));
    rows
}

fn main() {
    world::row::measure("guard", &mut rows(), |answer| answer.status().as_u16());
}
