//! A guarded request that passes allocates next to nothing: the attribute nothing on axum, and one future on actix-web.

use std::convert::Infallible;

use actix_web::{HttpMessage, HttpRequest, Resource, test::TestRequest, web};
use allocation_counter::measure;
use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    routing::{get, post},
};
use mfakit::{LoginId, MfaLayer, MfaMiddleware, RequireMfa, Subject, require_mfa};
use tokio::runtime::Runtime;
use tower::Service;

use crate::{
    payments::{HEADERS, Session, approved, approved_on_actix, form, grant, once, once_on_actix},
    small_engine::mfa,
};

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
            let request =
                Request::post("/pay").header("cookie", runtime.block_on(grant(&mfa, &session().0, bound)));
            let request =
                HEADERS.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let mut request = request.body(Body::from(form())).unwrap();
            request.extensions_mut().insert(session());
            let (handle, mut app) = (runtime.handle().clone(), app.clone());
            Box::new(move || assert_eq!(handle.block_on(app.call(request)).unwrap().status(), 200))
        })
    };
    let (once, approved) = (count(post(once), false), count(post(approved), true));
    println!("approved {approved}, once {once}");
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
            let request = TestRequest::post()
                .uri("/pay")
                .insert_header(("cookie", runtime.block_on(grant(&mfa, &session().0, bound))));
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
    println!("approved {approved}, once {once}");
    assert!(approved <= once + 2, "approved {approved}, once {once}");
}
