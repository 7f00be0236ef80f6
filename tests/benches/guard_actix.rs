//! The cost of a guard for a request that passes, on actix-web: `cargo bench -p mfakit-tests --bench guard_actix`.
//!
//! One app, one handler, the same session throughout. The memory store holds 10,000 other grants, and the
//! request carries a browser's headers with a session cookie beside the grant cookie.
//!
//! | row | around the handler |
//! |---|---|
//! | `no-op middleware` | middleware that does nothing |
//! | `MfaMiddleware` | `MfaMiddleware`, and no guard: the base of the rows below |
//! | `by hand` | `MfaMiddleware`, and an extractor written by hand with one map read |
//! | `attribute` | `MfaMiddleware`, and `#[require_mfa]` |
//! | `layer` | `MfaMiddleware`, and `RequireMfa` around the resource |
//!
//! Allocations are counted once, before the times are taken.
#![allow(missing_docs, reason = "criterion's macros write public items")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops where it is set up wrongly")]

mod world;

use std::{
    convert::Infallible,
    future::{Ready, ready},
    hint::black_box,
    rc::Rc,
};

use actix_web::{
    App, Error, FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    error::{ErrorInternalServerError, ErrorUnauthorized},
    http::header,
    test, web,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use mfakit::{MfaMiddleware, RequireMfa, Subject, require_mfa};
use tokio::runtime::Runtime;
use world::{ELEVATED, HEADERS, Session, cookies, world};

impl FromRequest for Session {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request.extensions().get::<Self>().cloned();
        ready(session.ok_or_else(|| ErrorInternalServerError("no session")))
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

impl FromRequest for ByHand {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let session = extensions.get::<Session>();
        let elevated = session.is_some_and(|session| ELEVATED.read().unwrap().contains_key(&session.login));
        ready(if elevated { Ok(Self) } else { Err(ErrorUnauthorized("no code")) })
    }
}

/// Middleware that does nothing.
struct NoOp;

struct NoOpService<S> {
    inner: S,
}

impl<S: Service<ServiceRequest>> Transform<S, ServiceRequest> for NoOp {
    type Response = S::Response;
    type Error = S::Error;
    type Transform = NoOpService<S>;
    type InitError = ();
    type Future = Ready<Result<NoOpService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(NoOpService { inner }))
    }
}

impl<S: Service<ServiceRequest>> Service<ServiceRequest> for NoOpService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> S::Future {
        self.inner.call(request)
    }
}

/// An app that answers at once. Its type is erased without boxing anything for a request.
type Served = Box<dyn Fn(actix_http::Request) -> ServiceResponse>;

struct Bench {
    session: Session,
    cookies: String,
    apps: Vec<(&'static str, Served)>,
}

fn served(
    runtime: &Rc<Runtime>,
    app: impl Service<actix_http::Request, Response = ServiceResponse, Error = Error> + 'static,
) -> Served {
    let runtime = runtime.clone();
    Box::new(move |request| runtime.block_on(app.call(request)).unwrap())
}

fn bench() -> Bench {
    let runtime = Rc::new(tokio::runtime::Builder::new_current_thread().build().unwrap());
    let (mfa, session, cookie) = runtime.block_on(world());
    let middleware = MfaMiddleware::new(mfa, identify);
    macro_rules! app {
        ($handler:expr, $middleware:expr) => {{
            let app = App::new().service($handler).wrap($middleware);
            served(&runtime, runtime.block_on(test::init_service(app)))
        }};
    }
    let pay = || web::resource("/pay");
    let apps = vec![
        ("no-op middleware", app!(pay().to(unguarded), NoOp)),
        ("MfaMiddleware", app!(pay().to(unguarded), middleware.clone())),
        ("by hand", app!(pay().to(by_hand), middleware.clone())),
        ("attribute", app!(pay().to(by_attribute), middleware.clone())),
        ("layer", app!(pay().to(unguarded).wrap(RequireMfa::scope("pay")), middleware)),
    ];
    Bench { session, cookies: cookies(&cookie), apps }
}

impl Bench {
    /// Builds a request like a browser, with the extension of the session layer.
    fn request(&self) -> actix_http::Request {
        let mut request = test::TestRequest::with_uri("/pay");
        for header in HEADERS {
            request = request.insert_header(*header);
        }
        let request = request.insert_header((header::COOKIE, self.cookies.as_str())).to_request();
        request.extensions_mut().insert(self.session.clone());
        request
    }
}

fn guard(criterion: &mut Criterion) {
    let bench = bench();
    println!("allocations a request:");
    for (name, app) in &bench.apps {
        for _ in 0..2 {
            assert_eq!(app(bench.request()).status(), 200, "{name}");
        }
        let (request, mut answer) = (bench.request(), None);
        let counted = allocation_counter::measure(|| answer = Some(app(request)));
        println!("  {name:<17} {:>3}", counted.count_total);
    }
    let mut group = criterion.benchmark_group("guard on actix-web");
    group.sample_size(200);
    for (name, app) in &bench.apps {
        group.bench_function(*name, |bencher| {
            bencher.iter_batched(
                || bench.request(),
                |request| black_box(app(request)),
                // One at a time, as in a server: the request was just read and is still in the CPU cache.
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, guard);
criterion_main!(benches);
