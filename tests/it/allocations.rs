//! A guarded request that passes allocates next to nothing: the attribute nothing on axum, and one future on actix-web.

use std::convert::Infallible;

use actix_web::{HttpMessage, HttpRequest, Resource, test::TestRequest, web};
use allocation_counter::measure;
use axum::{
    Extension, Form, Router,
    body::Body,
    extract::Request,
    routing::{get, post},
};
use mfakit::{
    LoginId, Mfa, MfaLayer, MfaMiddleware, RequireMfa, Subject,
    action::{Action, Words},
    require_mfa,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tower::Service;

use crate::small_engine::mfa;

/// Session, as the app's session layer finds it.
#[derive(Clone)]
struct Session(Subject);

fn session() -> Session {
    Session(Subject::cookie("alice", LoginId::from_bytes([1; 16])))
}

async fn unguarded() -> &'static str {
    "done"
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn by_attribute() -> &'static str {
    "done"
}

/// Returns the number of allocations of the last of three requests. The first ones fill caches.
fn counted(mut ask: impl FnMut() -> Box<dyn FnOnce()>) -> u64 {
    for _ in 0..2 {
        ask()();
    }
    let last = ask();
    measure(last).count_total
}

fn on_axum(runtime: &Runtime, cookie: &str, app: &Router) -> u64 {
    counted(|| {
        let mut request = Request::get("/pay").header("cookie", cookie).body(Body::empty()).unwrap();
        request.extensions_mut().insert(session());
        let (handle, mut app) = (runtime.handle().clone(), app.clone());
        Box::new(move || assert_eq!(handle.block_on(app.call(request)).unwrap().status(), 200))
    })
}

#[test]
fn on_axum_a_guarded_request_that_passes_allocates_nothing() {
    async fn identify(Extension(session): Extension<Session>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(session.0))
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mfa = mfa();
    let cookie = runtime.block_on(mfa.testing().grant(&session().0, "pay"));
    let app = |handler| Router::new().route("/pay", handler).layer(MfaLayer::new(mfa.clone(), identify));
    let count = |handler| on_axum(&runtime, &cookie, &app(handler));
    let (bare, attribute) = (count(get(unguarded)), count(get(by_attribute)));
    let layer = count(get(unguarded).layer(RequireMfa::scope("pay")));
    assert_eq!(attribute, bare, "the attribute");
    assert!(layer <= bare + 7, "a layer, which axum itself boxes several times: {layer} and {bare}");
}

#[test]
fn on_actix_web_a_guarded_request_that_passes_allocates_one_future() {
    async fn identify(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
        let session = request.extensions().get::<Session>().cloned();
        Ok(session.map(|session| session.0))
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mfa = mfa();
    let cookie = runtime.block_on(mfa.testing().grant(&session().0, "pay"));
    let count = |handler: fn(Resource) -> Resource| {
        let app = actix_web::App::new()
            .service(handler(web::resource("/pay")))
            .wrap(MfaMiddleware::new(mfa.clone(), identify));
        let app = std::rc::Rc::new(runtime.block_on(actix_web::test::init_service(app)));
        counted(|| {
            let request = TestRequest::with_uri("/pay").insert_header(("cookie", &*cookie)).to_request();
            request.extensions_mut().insert(session());
            let (handle, app) = (runtime.handle().clone(), app.clone());
            Box::new(move || {
                let answer = handle.block_on(actix_web::dev::Service::call(&*app, request));
                assert_eq!(answer.unwrap().status(), 200);
            })
        })
    };
    let bare = count(|pay| pay.to(unguarded));
    let attribute = count(|pay| pay.to(by_attribute));
    assert!(attribute <= bare + 1, "the attribute: {attribute} and {bare}");
}

/// Payment of about a kilobyte.
#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
    note: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(self.payee.as_str())
    }
}

fn order() -> Order {
    Order { payee: "ACME Ltd".to_owned(), note: "n".repeat(1000) }
}

fn form() -> String {
    format!("payee=ACME+Ltd&note={}", order().note)
}

#[require_mfa(scope = "pay", once)]
async fn once(Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "pay")]
async fn approved(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "pay", once)]
async fn once_on_actix(order: web::Form<Order>) -> String {
    order.into_inner().payee
}

#[require_mfa(scope = "pay")]
async fn approved_on_actix(#[approve] order: web::Form<Order>) -> String {
    order.into_inner().payee
}

/// Headers of a browser that sends a form.
const HEADERS: [(&str, &str); 7] = [
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("origin", "https://bank.example"),
    ("referer", "https://bank.example/order"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
];

/// Makes a grant, and returns its cookie.
fn grant(runtime: &Runtime, mfa: &Mfa, bound: bool) -> String {
    let subject = session().0;
    runtime.block_on(async {
        if bound {
            mfa.testing().approve(&subject, "pay", &order()).await
        } else {
            mfa.testing().grant(&subject, "pay").await
        }
    })
}

#[test]
fn on_axum_an_approved_value_costs_two_allocations_more_than_a_code_for_each_request() {
    async fn identify(Extension(session): Extension<Session>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(session.0))
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mfa = mfa();
    let count = |handler, bound| {
        let app: Router = Router::new().route("/pay", handler).layer(MfaLayer::new(mfa.clone(), identify));
        counted(|| {
            let request = Request::post("/pay").header("cookie", grant(&runtime, &mfa, bound));
            let request =
                HEADERS.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let mut request = request.body(Body::from(form())).unwrap();
            request.extensions_mut().insert(session());
            let (handle, mut app) = (runtime.handle().clone(), app.clone());
            Box::new(move || assert_eq!(handle.block_on(app.call(request)).unwrap().status(), 200))
        })
    };
    let (once, approved) = (count(post(once), false), count(post(approved), true));
    assert!(approved <= once + 2, "approved {approved}, once {once}");
}

#[test]
fn on_actix_web_an_approved_value_costs_two_allocations_more_than_a_code_for_each_request() {
    async fn identify(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
        let session = request.extensions().get::<Session>().cloned();
        Ok(session.map(|session| session.0))
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mfa = mfa();
    let count = |handler: fn(Resource) -> Resource, bound| {
        let app = actix_web::App::new()
            .service(handler(web::resource("/pay")))
            .wrap(MfaMiddleware::new(mfa.clone(), identify));
        let app = std::rc::Rc::new(runtime.block_on(actix_web::test::init_service(app)));
        counted(|| {
            let request =
                TestRequest::post().uri("/pay").insert_header(("cookie", grant(&runtime, &mfa, bound)));
            let request = HEADERS.iter().fold(request, |request, header| request.insert_header(*header));
            let request = request.set_payload(form()).to_request();
            request.extensions_mut().insert(session());
            let (handle, app) = (runtime.handle().clone(), app.clone());
            Box::new(move || {
                let answer = handle.block_on(actix_web::dev::Service::call(&*app, request));
                assert_eq!(answer.unwrap().status(), 200);
            })
        })
    };
    let once = count(|pay| pay.route(web::post().to(once_on_actix)), false);
    let approved = count(|pay| pay.route(web::post().to(approved_on_actix)), true);
    assert!(approved <= once + 2, "approved {approved}, once {once}");
}
