//! An app without mfakit's routes, or with the routes at another path, is reported once.

use std::convert::Infallible;

use actix_web::{
    http::Method as ActixMethod,
    test::{TestRequest, call_service, init_service},
    web,
};
use axum::{Router, body::Body, http::Request, routing::get};
use mfakit::{
    LoginId, MfaLayer, MfaMiddleware, Subject,
    web::{actix, axum as mfakit_axum},
};
use tower::ServiceExt;

use crate::{log_lines::Log, small_engine::mfa};

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
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
