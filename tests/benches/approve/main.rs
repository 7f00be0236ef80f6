//! The cost of an approved value, beside a code for each request: `cargo bench -p mfakit-tests --bench approve`.
//!
//! Both rows of a framework answer the same `POST` with a form of one kilobyte, in the same app. Both handlers extract this form.
//!
//! | row | guard |
//! |---|---|
//! | `once` | `#[require_mfa(.., once)]` |
//! | `approved` | `#[require_mfa(..)]` with `#[approve]` before the form |
//!
//! `--slices` takes the rows of axum, or with `--actix` those of actix-web.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod payments;
#[path = "../world/row.rs"]
mod row;

use std::{
    convert::Infallible,
    env,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::{HttpMessage as _, HttpRequest, test::TestRequest, web};
use axum::{Extension, Router, body::Body, extract::Request, routing::post};
use mfakit::{LoginId, Mfa, MfaLayer, MfaMiddleware, PhoneNumber, Subject, UserId, testing::TestProvider};
use payments::{HEADERS, Session, approved, approved_on_actix, form, grant, once, once_on_actix};
use row::{Row, measure};
use tokio::runtime::Runtime;
use tower::Service as _;

/// The engine, and the runtime that its requests are answered on.
struct World {
    mfa: Mfa,
    runtime: Runtime,
}

impl World {
    fn new() -> Rc<Self> {
        let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("pay", "pay")
            .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
            .messaging_to(["US"])
            .build()
            .unwrap();
        Rc::new(Self { mfa, runtime: tokio::runtime::Builder::new_current_thread().build().unwrap() })
    }

    /// Makes the grant of the next request, to the next of 64 users in a new session. Returns the session and the cookie.
    fn grant(&self, bound: bool) -> (Session, String) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let user = format!("payer-{}", NEXT.fetch_add(1, Ordering::Relaxed) % 64);
        let subject = Subject::cookie(user, LoginId::random());
        let cookie = self.runtime.block_on(grant(&self.mfa, &subject, bound));
        (Session(subject), cookie)
    }
}

fn on_axum(world: &Rc<World>) -> Vec<Row<Request, axum::response::Response>> {
    async fn identify(Extension(session): Extension<Session>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(session.0))
    }
    let layer = MfaLayer::new(world.mfa.clone(), identify);
    let row = |name, over, handler, bound| {
        let mut app: Router = Router::new().route("/pay", handler).layer(layer.clone());
        let (granting, answering) = (world.clone(), world.clone());
        let request = move || {
            let (session, cookie) = granting.grant(bound);
            let request = Request::post("/pay").header("cookie", cookie);
            let request =
                HEADERS.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let mut request = request.body(Body::from(form())).unwrap();
            request.extensions_mut().insert(session);
            request
        };
        let answer = move |request: Request| answering.runtime.block_on(app.call(request)).unwrap();
        Row { name, over, request: Box::new(request), answer: Box::new(answer) }
    };
    vec![row("once", "", post(once), false), row("approved", "once", post(approved), true)]
}

fn on_actix(world: &Rc<World>) -> Vec<Row<actix_http::Request, u16>> {
    async fn identify(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
        let session = request.extensions().get::<Session>().cloned();
        Ok(session.map(|session| session.0))
    }
    let row = |name, over, route: actix_web::Route, bound| {
        let app = actix_web::App::new()
            .service(web::resource("/pay").route(route))
            .wrap(MfaMiddleware::new(world.mfa.clone(), identify));
        let app = world.runtime.block_on(actix_web::test::init_service(app));
        let (granting, answering) = (world.clone(), world.clone());
        let request = move || {
            let (session, cookie) = granting.grant(bound);
            let request = TestRequest::post().uri("/pay").insert_header(("cookie", cookie));
            let request = HEADERS.iter().fold(request, |request, header| request.insert_header(*header));
            let request = request.set_payload(form()).to_request();
            request.extensions_mut().insert(session);
            request
        };
        let answer = move |request| {
            let answer = answering.runtime.block_on(actix_web::dev::Service::call(&app, request));
            answer.unwrap().status().as_u16()
        };
        Row { name, over, request: Box::new(request), answer: Box::new(answer) }
    };
    let (once, approved) = (web::post().to(once_on_actix), web::post().to(approved_on_actix));
    vec![row("once", "", once, false), row("approved", "once", approved, true)]
}

fn main() {
    let world = World::new();
    let has = |argument: &str| env::args().any(|given| given == argument);
    if !has("--actix") {
        measure("approve, axum", &mut on_axum(&world), |answer| answer.status().as_u16());
    }
    if has("--actix") || !has("--slices") {
        measure("approve, actix-web", &mut on_actix(&world), |status| *status);
    }
}
