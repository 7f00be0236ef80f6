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
//!
//! Allocations are counted once, before the times are taken.
#![allow(missing_docs, reason = "criterion's macros write public items")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops where it is set up wrongly")]

mod world;

use std::{
    convert::Infallible,
    hint::black_box,
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
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use mfakit::{MfaLayer, RequireMfa, Subject, require_mfa};
use tokio::runtime::Runtime;
use tower::{Layer, Service};
use world::{ELEVATED, HEADERS, Session, cookies, world};

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

struct Bench {
    runtime: Runtime,
    session: Session,
    cookies: String,
    apps: Vec<(&'static str, Router)>,
}

fn bench() -> Bench {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mfa, session, cookie) = runtime.block_on(world());
    let layer = MfaLayer::new(mfa, identify);
    let app = |handler| Router::new().route("/pay", handler).layer(layer.clone());
    let apps = vec![
        ("no-op layer", Router::new().route("/pay", get(unguarded)).layer(NoOp((), Arc::default()))),
        ("MfaLayer", app(get(unguarded))),
        ("by hand", app(get(by_hand))),
        ("attribute", app(get(by_attribute))),
        ("layer", app(get(unguarded).layer(RequireMfa::scope("pay")))),
    ];
    Bench { runtime, session, cookies: cookies(&cookie), apps }
}

impl Bench {
    /// Builds a request like a browser, with the extension of the session layer.
    fn request(&self) -> Request {
        let mut request = Request::get("/pay");
        for (name, value) in HEADERS {
            request = request.header(*name, *value);
        }
        let mut request = request.header(header::COOKIE, &self.cookies).body(Body::empty()).unwrap();
        request.extensions_mut().insert(self.session.clone());
        request
    }

    fn answer(&self, app: &mut Router, request: Request) -> Response {
        self.runtime.block_on(app.call(request)).unwrap()
    }
}

fn guard(criterion: &mut Criterion) {
    let mut bench = bench();
    let mut apps = std::mem::take(&mut bench.apps);
    println!("allocations a request:");
    for (name, app) in &mut apps {
        let (warm, request) = (bench.request(), bench.request());
        assert_eq!(bench.answer(app, warm).status(), 200, "{name}");
        let mut answer = None;
        let counted = allocation_counter::measure(|| answer = Some(bench.answer(app, request)));
        println!("  {name:<12} {:>3}", counted.count_total);
    }
    let mut group = criterion.benchmark_group("guard");
    group.sample_size(200);
    for (name, app) in &mut apps {
        group.bench_function(*name, |bencher| {
            bencher.iter_batched(
                || bench.request(),
                |request| black_box(bench.answer(app, request)),
                // One at a time, as in a server: the request was just read and is still in the CPU cache.
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, guard);
criterion_main!(benches);
