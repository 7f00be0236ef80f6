//! A generic wrapper disables a guard. Pinned here because the documentation of the types says so.

use std::convert::Infallible;

use actix_web::{
    Either,
    test::{TestRequest, call_service, init_service},
    web::{self, Bytes},
};
use axum::{body::Body, http::Request, response::Response, routing::get};
use mfakit::{
    Granted, Guarded, LoginId, MfaLayer, MfaMiddleware, Required, Requirement, Scope, StepUp, Subject,
};
use tower::ServiceExt;

use crate::{log_lines::Log, small_engine::mfa};

struct Pay;

impl Required for Pay {
    const REQUIREMENT: Requirement = Requirement::new(match Scope::new("pay") {
        Ok(scope) => scope,
        Err(_) => panic!("a scope"),
    });
}

type Guard = Guarded<Pay, ()>;

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
}

/// Returns the number of new log lines that name the mistake.
fn told_of(log: &Log) -> usize {
    log.lines().iter().filter(|line| line.contains("its guard rejected")).count()
}

#[actix_web::test]
async fn on_actix_web_a_handler_that_wraps_a_guard_runs_for_everyone_and_logs_a_warning() {
    let log = Log::default();
    let _listening = log.listen();
    let app = actix_web::App::new()
        .route("/bare", web::get().to(async |_: Guard| "ran"))
        .route("/option", web::get().to(async |guard: Option<Guard>| format!("{}", guard.is_some())))
        .route(
            "/result",
            web::get().to(async |guard: Result<Guard, actix_web::Error>| format!("{}", guard.is_ok())),
        )
        .route(
            "/either",
            web::get()
                .to(async |guard: Either<Guard, Bytes>| format!("{}", matches!(guard, Either::Left(_)))),
        )
        .route("/grant", web::get().to(async |grant: Option<Granted>| format!("{}", grant.is_some())))
        .wrap(MfaMiddleware::new(mfa(), identify));
    let app = init_service(app).await;
    let answer = call_service(&app, TestRequest::get().uri("/bare").to_request()).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(told_of(&log), 0);
    for path in ["/option", "/result", "/either"] {
        let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(actix_web::test::read_body(answer).await, "false", "{path}");
        assert_eq!(told_of(&log), 1, "{path}");
    }
    let answer = call_service(&app, TestRequest::get().uri("/grant").to_request()).await;
    assert_eq!(actix_web::test::read_body(answer).await, "false");
}

#[actix_web::test]
async fn on_actix_web_an_optional_step_up_is_none_without_the_middleware() {
    let app = actix_web::App::new()
        .route("/pay", web::get().to(async |step_up: Option<StepUp>| format!("{}", step_up.is_some())));
    let answer = call_service(&init_service(app).await, TestRequest::get().uri("/pay").to_request()).await;
    assert_eq!(actix_web::test::read_body(answer).await, "false");
}

#[tokio::test]
async fn on_axum_a_handler_that_takes_the_result_of_a_guard_runs_for_everyone_and_logs_a_warning() {
    let log = Log::default();
    let _listening = log.listen();
    let app = axum::Router::new()
        .route("/bare", get(async |_: Guard| "ran"))
        .route("/result", get(async |guard: Result<Guard, Response>| format!("{}", guard.is_ok())))
        .layer(MfaLayer::new(mfa(), identify));
    let ask = |path: &str| app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
    assert_eq!(ask("/bare").await.unwrap().status(), 401);
    assert_eq!(told_of(&log), 0);
    assert_eq!(ask("/result").await.unwrap().status(), 200);
    assert_eq!(told_of(&log), 1);
}
