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
//! | `once` | `MfaMiddleware`, and `#[require_mfa(.., once)]`, which consumes the grant |
//! | `actix-session` | actix-session with its cookie store, and no guard: the base of the rows below |
//! | `actix-session, session key` | an extractor written by hand, which reads the time of the code from the session |
//! | `actix-session, attribute` | `MfaMiddleware` with the user and session of actix-session, and `#[require_mfa]` |
//!
//! Allocations are counted once, before the times are taken.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod actix_session;
#[path = "../world/mod.rs"]
mod world;

use std::{
    convert::Infallible,
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    App, Error, FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    error::{ErrorInternalServerError, ErrorUnauthorized},
    http::header,
    test, web,
};
use mfakit::{MfaMiddleware, RequireMfa, Subject, require_mfa};
use tokio::runtime::Runtime;
use world::{ELEVATED, HEADERS, OTHER_SESSION, Session, cookies, grant_once, world};

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

#[require_mfa(scope = "pay", max_age = "5m", once)]
async fn by_attribute_once() -> &'static str {
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

/// Row of this benchmark.
type Row = world::row::Row<actix_http::Request, ServiceResponse>;

fn row(
    (name, over): (&'static str, &'static str),
    runtime: &Rc<Runtime>,
    app: impl Service<actix_http::Request, Response = ServiceResponse, Error = Error> + 'static,
    request: impl Fn() -> actix_http::Request + 'static,
) -> Row {
    let runtime = runtime.clone();
    let answer = move |request| runtime.block_on(app.call(request)).unwrap();
    Row { name, over, request: Box::new(request), answer: Box::new(answer) }
}

/// Builds a request like a browser's.
fn request(cookies: &str) -> actix_http::Request {
    let mut request = test::TestRequest::with_uri("/pay");
    for header in HEADERS {
        request = request.insert_header(*header);
    }
    request.insert_header((header::COOKIE, cookies)).to_request()
}

/// Builds a request with the extension of a session layer.
fn with_session(session: &Session, grant: &str) -> actix_http::Request {
    let request = request(&cookies(OTHER_SESSION, grant));
    request.extensions_mut().insert(session.clone());
    request
}

fn rows() -> Vec<Row> {
    let runtime = Rc::new(tokio::runtime::Builder::new_current_thread().build().unwrap());
    let (mfa, session, grant) = runtime.block_on(world());
    let middleware = MfaMiddleware::new(mfa.clone(), identify);
    macro_rules! app {
        ($handler:expr, $middleware:expr) => {
            runtime.block_on(test::init_service(App::new().service($handler).wrap($middleware)))
        };
    }
    macro_rules! guarded {
        ($name:literal, $over:literal, $app:expr) => {{
            let (session, grant) = (session.clone(), grant.clone());
            row(($name, $over), &runtime, $app, move || with_session(&session, &grant))
        }};
    }
    let pay = || web::resource("/pay");
    let layered = || pay().to(unguarded).wrap(RequireMfa::scope("pay"));
    let mut rows = vec![
        guarded!("no-op middleware", "", app!(pay().to(unguarded), NoOp)),
        guarded!("MfaMiddleware", "no-op middleware", app!(pay().to(unguarded), middleware.clone())),
        guarded!("by hand", "MfaMiddleware", app!(pay().to(by_hand), middleware.clone())),
        guarded!("attribute", "MfaMiddleware", app!(pay().to(by_attribute), middleware.clone())),
        guarded!("layer", "MfaMiddleware", app!(layered(), middleware.clone())),
    ];
    let (granting, payers) = (runtime.clone(), mfa.clone());
    let app = app!(pay().to(by_attribute_once), middleware);
    rows.push(row(("once", "MfaMiddleware"), &runtime, app, move || {
        let (session, grant) = granting.block_on(grant_once(&payers));
        with_session(&session, &grant)
    }));
    rows.extend(actix_session::rows(&runtime, &mfa));
    rows
}

fn main() {
    world::row::measure("guard on actix-web", &mut rows(), |answer| answer.status().as_u16());
}
