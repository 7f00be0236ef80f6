//! `tracing-actix-web` logs an ordinary step-up as a response, and not as an error.

use std::{convert::Infallible, fmt, io};

use actix_web::{
    App, HttpResponse, ResponseError,
    http::{StatusCode, header},
    test::{TestRequest, call_service, init_service},
    web,
};
use mfakit::{
    LoginId, Mfa, MfaMiddleware, MfaRejection, PhoneNumber, RequireMfa, StepUp, Subject, UserId, require_mfa,
    testing::TestProvider,
};
use tracing_actix_web::TracingLogger;

use crate::log_lines::Log;

async fn identify(headers: actix_web::HttpRequest) -> Result<Option<Subject>, io::Error> {
    match headers.headers().get("session") {
        Some(session) if session == "away" => Err(io::Error::other("the session store is away")),
        _ => Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16])))),
    }
}

#[require_mfa(scope = "pay")]
async fn attribute() -> &'static str {
    "paid"
}

async fn step_up(step_up: StepUp) -> Result<&'static str, MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    Ok("paid")
}

/// Error of an app, which answers a rejection as mfakit does.
#[derive(Debug)]
struct AppError(MfaRejection);

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        self.0.error_response()
    }
}

async fn in_the_apps_error(step_up: StepUp) -> Result<&'static str, AppError> {
    step_up.require(RequireMfa::scope("pay")).await.map_err(AppError)?;
    Ok("paid")
}

async fn own_error() -> Result<&'static str, actix_web::Error> {
    Err(actix_web::error::ErrorUnauthorized("not today"))
}

/// Returns the status, the headers and the new log lines of `tracing-actix-web`.
async fn ask(path: &str, headers: &[(&'static str, &'static str)]) -> (StatusCode, bool, Vec<String>) {
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap();
    let app = App::new()
        .route("/attribute", web::post().to(attribute))
        .route("/step-up", web::post().to(step_up))
        .route("/app-error", web::post().to(in_the_apps_error))
        .route("/own-error", web::post().to(own_error))
        .service(web::resource("/layer").wrap(RequireMfa::scope("pay")).to(async || "paid"))
        .wrap(MfaMiddleware::new(mfa, identify))
        .wrap(TracingLogger::default());
    let app = init_service(app).await;
    let log = Log::default();
    let _listening = log.listen();
    let mut request = TestRequest::post().uri(path);
    for header in headers {
        request = request.insert_header(*header);
    }
    let response = call_service(&app, request.to_request()).await;
    let no_store = response.headers().get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store");
    let lines = log.lines();
    let theirs = lines.into_iter().filter(|line| line.contains("tracing_actix_web")).collect();
    (response.status(), no_store, theirs)
}

#[actix_web::test]
async fn an_ordinary_step_up_is_not_an_error() -> Result<(), Infallible> {
    let script: &[(&str, &str)] = &[("accept", "application/json")];
    let browser: &[(&str, &str)] = &[("sec-fetch-mode", "navigate"), ("accept", "text/html")];
    for path in ["/attribute", "/step-up", "/app-error", "/layer"] {
        for (headers, status) in [(script, 401), (browser, 303)] {
            let (found, no_store, lines) = ask(path, headers).await;
            assert_eq!((found.as_u16(), no_store), (status, true), "{path}");
            assert!(lines.iter().all(|line| !line.contains("Error encountered")), "{path}: {lines:#?}");
        }
    }
    Ok(())
}

#[actix_web::test]
async fn an_outage_and_the_apps_own_errors_stay_errors_on_one_line() {
    let (status, _, lines) = ask("/own-error", &[]).await;
    assert_eq!(status.as_u16(), 401);
    assert!(lines.iter().any(|line| line.contains("not today")), "{lines:#?}");
    let (status, _, lines) = ask("/attribute", &[("session", "away")]).await;
    assert_eq!(status.as_u16(), 503);
    let line = lines.iter().find(|line| line.contains("Error encountered")).expect("an error");
    assert!(line.contains("MfaRejection(503 unavailable)") && !line.contains("cache-control"), "{line}");
}
