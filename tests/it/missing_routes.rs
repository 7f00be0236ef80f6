//! An app without mfakit's routes, or with the routes at another path, is reported once.

use std::{convert::Infallible, sync::Arc};

use actix_web::{
    http::Method as ActixMethod,
    test::{TestRequest, call_service, init_service},
    web,
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    routing::{get, post},
};
use mfakit::{
    LoginId, MemoryStore, Mfa, MfaLayer, MfaMiddleware, Secret, Subject, UserId, require_mfa,
    store::Sharing,
    testing::{HookedStore, StoreHook, TestProvider},
    web::{actix, axum as mfakit_axum},
};
use tower::ServiceExt;

use crate::{log_lines::Log, small_engine::mfa};

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
}

#[require_mfa(scope = "pay")]
async fn pay() -> &'static str {
    "paid"
}

/// Returns the number of new log lines about missing routes.
fn reports(log: &Log) -> usize {
    let lines = log.lines();
    let reports = lines.iter().filter(|line| line.contains("routes did not receive a request"));
    reports.inspect(|line| assert!(line.contains("axum::routes(&mfa)"), "{line}")).count()
}

async fn on_axum(app: &Router, method: &str, path: &str) -> u16 {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap().status().as_u16()
}

/// Requests that our routes would answer, and the status of an app that does not have them.
const MISSED: [(&str, &str); 5] = [
    ("GET", "/mfa/pay"),
    ("POST", "/mfa/pay/challenge"),
    ("POST", "/mfa/pay/verify?x=1"),
    ("GET", "/mfa/-/mfa.js"),
    ("GET", "/mfa/-/mfa-remote.js"),
];

/// Requests that our routes do not answer, or only with 404.
const ELSEWHERE: [(&str, &str); 7] = [
    ("GET", "/"),
    ("GET", "/mfa"),
    ("GET", "/mfa/"),
    ("GET", "/mfa/unknown"),
    ("GET", "/mfa/pay/unknown"),
    ("GET", "/mfa/pay/verify/more"),
    ("GET", "/mfamily/pay"),
];

#[tokio::test]
async fn on_axum_missing_routes_are_reported_once() {
    let log = Log::default();
    let _listening = log.listen();
    for (method, path) in MISSED {
        let mfa = mfa();
        let forgotten = Router::new().route("/", get(async || "home")).layer(MfaLayer::new(mfa, identify));
        log.lines();
        for (method, path) in ELSEWHERE {
            on_axum(&forgotten, method, path).await;
        }
        assert_eq!(reports(&log), 0, "a path that is not ours");
        assert_eq!(on_axum(&forgotten, method, path).await, 404, "{path}");
        assert_eq!(reports(&log), 1, "{path}");
        for (method, path) in MISSED {
            on_axum(&forgotten, method, path).await;
        }
        assert_eq!(reports(&log), 0, "only once");
    }
}

#[tokio::test]
async fn on_axum_nested_routes_and_a_fallback_for_every_path_are_reported() {
    let log = Log::default();
    let _listening = log.listen();
    let engine = mfa();
    let nested =
        Router::new().nest("/auth", mfakit_axum::routes(&engine)).layer(MfaLayer::new(engine, identify));
    let single_page =
        Router::new().fallback(async || "<!doctype html>").layer(MfaLayer::new(mfa(), identify));
    log.lines();
    assert_eq!(on_axum(&nested, "GET", "/mfa/pay").await, 404);
    assert_eq!(reports(&log), 1);
    assert_eq!(on_axum(&single_page, "GET", "/anything").await, 200);
    assert_eq!(reports(&log), 0);
    assert_eq!(on_axum(&single_page, "GET", "/mfa/pay").await, 200);
    assert_eq!(reports(&log), 1);
}

#[tokio::test]
async fn on_axum_our_own_answers_are_no_report() {
    let log = Log::default();
    let _listening = log.listen();
    let mfa = mfa();
    let layer = MfaLayer::new(mfa.clone(), identify);
    let app = Router::new().merge(mfakit_axum::routes(&mfa)).layer(layer.clone());
    let twice = app.clone().layer(layer);
    log.lines();
    for (method, path) in
        MISSED.into_iter().chain(ELSEWHERE).chain([("PUT", "/mfa/pay"), ("GET", "/mfa/pay/verify")])
    {
        on_axum(&app, method, path).await;
        on_axum(&twice, method, path).await;
    }
    assert_eq!(reports(&log), 0);
}

/// Returns a router with a guard, and with a layer of this engine that answers the routes.
fn layered(mfa: &Mfa) -> Router {
    Router::new().route("/pay", post(pay)).layer(MfaLayer::new(mfa.clone(), identify).with_routes())
}

fn about() -> Router {
    Router::new().route("/about", get(async || "about"))
}

/// Submits a form to a guarded route, as a browser does.
async fn submit(app: &Router, path: &str) -> u16 {
    let request = Request::post(path).header("sec-fetch-mode", "navigate").header("accept", "text/html");
    app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
}

/// Returns the number of new log lines about a layer that does not get the requests for its routes.
fn layer_reports(log: &Log) -> usize {
    let lines = log.lines();
    let reports = lines.iter().filter(|line| line.contains("routes did not receive a request"));
    reports.inspect(|line| assert!(line.contains("around the outermost"), "{line}")).count()
}

#[tokio::test]
async fn on_axum_routes_of_a_layer_that_a_later_merge_or_fallback_replaced_are_reported_once() {
    let log = Log::default();
    let _listening = log.listen();
    for (name, lost, app) in [
        ("merged with another router later", true, layered(&mfa()).merge(about())),
        ("given a fallback later", true, layered(&mfa()).fallback(async || StatusCode::NOT_FOUND)),
        ("merged into another router", false, about().merge(layered(&mfa()))),
        ("alone", false, layered(&mfa())),
    ] {
        log.lines();
        assert_eq!(on_axum(&app, "GET", "/mfa/pay").await, if lost { 404 } else { 200 }, "{name}");
        for (nth, expected) in [(1, 0), (2, 0), (3, usize::from(lost)), (4, 0)] {
            assert_eq!(submit(&app, "/pay").await, 303, "{name}");
            assert_eq!(layer_reports(&log), expected, "{name}: submit {nth}");
        }
    }
}

/// Two instances share a store, and each browser continues at the other.
#[tokio::test]
async fn on_axum_redirects_whose_pages_another_instance_serves_are_no_mistake_of_the_app() {
    struct Nothing;
    impl StoreHook for Nothing {}
    let log = Log::default();
    let _listening = log.listen();
    let memory = Arc::new(MemoryStore::new());
    let instance = |sharing| {
        let store = HookedStore::new(memory.clone(), Nothing).with_sharing(sharing);
        let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("pay", "make a payment")
            .directory(async |_: UserId| Some("+19195551234".to_owned()))
            .messaging_to(["US"])
            .secret(Secret::new([7; 32]).unwrap())
            .store(store);
        layered(&mfa.build().unwrap())
    };
    for (sharing, mistakes) in [(Sharing::Shared, 0), (Sharing::SingleProcess, 1)] {
        let (one, other) = (instance(sharing), instance(sharing));
        log.lines();
        for _ in 0..5 {
            assert_eq!(submit(&one, "/pay").await, 303);
            assert_eq!(on_axum(&other, "GET", "/mfa/pay").await, 200);
        }
        let lines = log.lines();
        let of = |event: &str| lines.iter().filter(|line| line.contains(event)).count();
        assert_eq!(of("sys_misconfigured"), mistakes, "{sharing:?}: {lines:#?}");
        assert_eq!(of("sys_routes_not_reached"), 1 - mistakes, "{sharing:?}: {lines:#?}");
        assert_eq!(of("around the outermost"), 1, "{sharing:?}: {lines:#?}");
        assert!(lines.iter().all(|line| !line.contains("ERROR")) || mistakes > 0, "{lines:#?}");
    }
}

#[tokio::test]
async fn on_axum_a_layer_with_routes_on_a_nested_router_is_reported_at_its_first_request() {
    let log = Log::default();
    let _listening = log.listen();
    let app = Router::new().nest("/shop", layered(&mfa()));
    log.lines();
    for (path, status, expected) in [("/mfa/pay", 404, 0), ("/shop/pay", 303, 1), ("/shop/pay", 303, 0)] {
        assert_eq!(submit(&app, path).await, status, "{path}");
        assert_eq!(layer_reports(&log), expected, "{path}");
    }
    for _ in 0..5 {
        submit(&app, "/shop/pay").await;
    }
    assert_eq!(layer_reports(&log), 0, "only once");
}

#[tokio::test]
async fn on_axum_a_layer_with_routes_on_a_nested_router_that_gets_its_requests_is_no_report() {
    let log = Log::default();
    let _listening = log.listen();
    let engine = mfa();
    let outer = MfaLayer::new(engine.clone(), identify).with_routes();
    let twice = Router::new().nest("/shop", layered(&engine)).layer(outer);
    let at_its_path = Router::new().nest("/mfa", layered(&mfa()));
    log.lines();
    assert_eq!(submit(&twice, "/shop/pay").await, 303);
    for app in [twice, at_its_path] {
        assert_eq!(on_axum(&app, "GET", "/mfa/pay").await, 200);
    }
    assert_eq!(layer_reports(&log), 0);
}

#[actix_web::test]
async fn on_actix_web_missing_and_nested_routes_are_reported_once_and_our_own_answers_are_not() {
    let log = Log::default();
    let _listening = log.listen();
    for (case, expected) in [("forgotten", 1), ("nested", 1), ("configured", 0), ("twice", 0)] {
        let mfa = mfa();
        let routes = actix::routes(&mfa);
        let app = actix_web::App::new().configure(move |app| match case {
            "nested" => {
                app.service(web::scope("/auth").configure(routes));
            }
            "configured" | "twice" => routes(app),
            _ => {}
        });
        let inner =
            actix_web::middleware::Condition::new(case == "twice", MfaMiddleware::new(mfa.clone(), identify));
        let app = init_service(app.wrap(inner).wrap(MfaMiddleware::new(mfa, identify))).await;
        log.lines();
        for (requests, expected) in [(&ELSEWHERE[..], 0), (&MISSED[..], expected), (&MISSED[..], 0)] {
            for (method, path) in requests {
                let method = ActixMethod::from_bytes(method.as_bytes()).unwrap();
                call_service(&app, TestRequest::with_uri(path).method(method).to_request()).await;
            }
            assert_eq!(reports(&log), expected, "{case}");
        }
    }
}
