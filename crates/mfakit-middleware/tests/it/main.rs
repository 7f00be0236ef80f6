//! Runs a guarded route and the whole ceremony on a framework that mfakit does not support itself.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]

mod third_framework;

use std::sync::{Arc, Mutex};

use mfakit_core::{
    Clock, LoginId, Mfa, MfaBuilder, PhoneNumber, Requirement, Scope, Subject, SystemClock, Timestamp,
    UserId, testing::TestProvider,
};
use mfakit_middleware::{IdentifyError, ProblemKind};
use third_framework::{App, Request, Response};

const SESSION: &str = "00000000000000000000000000000001";

/// Identifies the caller by a header. A real app reads its session.
fn identify(request: &Request) -> Result<Option<Subject>, IdentifyError> {
    let Some((_, session)) = request.headers.iter().find(|(name, _)| *name == "session") else {
        return Ok(None);
    };
    let login: LoginId = session.parse().map_err(IdentifyError::failed)?;
    Ok(Some(Subject::cookie("alice", login)))
}

fn reports(_: &Request) -> Response {
    let headers = vec![("cache-control".to_owned(), "public".to_owned())];
    Response { status: 200, headers, body: b"reports".to_vec(), rejected: None }
}

fn app(requirement: Requirement) -> (App, TestProvider) {
    app_with(requirement, |builder| builder)
}

fn app_with(
    requirement: Requirement,
    settings: impl FnOnce(MfaBuilder) -> MfaBuilder,
) -> (App, TestProvider) {
    let provider = TestProvider::new();
    let builder = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("reports", "see reports")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"]);
    let mfa = settings(builder).build().unwrap();
    (App { mfa, identify, path: "/reports", requirement, handler: reports }, provider)
}

fn requirement() -> Requirement {
    Requirement::new(Scope::new("reports").unwrap())
}

/// Sends a call to a route of mfakit, as a script of the site does.
async fn call(app: &App, route: &str, body: &serde_json::Value) -> Response {
    let request = Request::new("POST", &format!("/mfa/reports/{route}"))
        .header("session", SESSION)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body(&body.to_string());
    app.handle(request).await
}

/// Gets a code and enters it. Returns the grant cookie.
async fn confirm(app: &App, provider: &TestProvider) -> String {
    let started = call(app, "challenge", &serde_json::json!({ "channel": "messaging" })).await;
    assert_eq!(started.status, 201);
    let live: serde_json::Value = serde_json::from_slice(&started.body).unwrap();
    let code = provider.last_code().unwrap();
    let entered = serde_json::json!({ "challenge": live["challenge"], "code": code });
    let verified = call(app, "verify", &entered).await;
    assert_eq!(verified.status, 200);
    let cookie = verified.values("set-cookie").next().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn get(cookie: &str) -> Request {
    Request::new("GET", "/reports").header("session", SESSION).header("cookie", cookie)
}

#[tokio::test]
async fn a_guarded_route_runs_only_after_the_ceremony() {
    let (app, provider) = app(requirement());
    let rejected = app.handle(get("")).await;
    assert_eq!((rejected.status, rejected.rejected), (401, Some(ProblemKind::StepUpRequired)));

    let cookie = confirm(&app, &provider).await;
    let passed = app.handle(get(&cookie)).await;
    assert_eq!((passed.status, passed.body.as_slice(), passed.rejected), (200, b"reports".as_slice(), None));
    assert_eq!(passed.values("cache-control").collect::<Vec<_>>(), ["no-store"]);
}

#[tokio::test]
async fn a_grant_for_one_request_is_consumed_by_it() {
    let (app, provider) = app(requirement().once());
    let cookie = confirm(&app, &provider).await;
    assert_eq!(app.handle(get(&cookie)).await.status, 200);
    assert_eq!(app.handle(get(&cookie)).await.status, 401);
}

#[tokio::test]
async fn requests_that_cannot_be_identified_are_rejected() {
    let (app, _) = app(requirement());
    for (session, status, kind) in
        [(None, 401, ProblemKind::Unauthenticated), (Some("not a session"), 503, ProblemKind::Unavailable)]
    {
        let request = Request::new("GET", "/reports");
        let request = match session {
            Some(session) => request.header("session", session),
            None => request,
        };
        let rejected = app.handle(request).await;
        assert_eq!((rejected.status, rejected.rejected), (status, Some(kind)));
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_rejected_before_it_is_parsed() {
    let (app, provider) = app(requirement());
    let large = serde_json::json!({ "channel": "x".repeat(5000) });
    let rejected = call(&app, "challenge", &large).await;
    assert_eq!((rejected.status, rejected.rejected), (413, Some(ProblemKind::BodyTooLarge)));
    assert_eq!(provider.sends(), 0);
}

/// Clock of the operating system that panics once, at the reading of this number.
#[derive(Clone, Debug, Default)]
struct ClockThatPanics(Arc<Mutex<Option<usize>>>);

impl Clock for ClockThatPanics {
    fn now(&self) -> Timestamp {
        let mut left = self.0.lock().unwrap();
        let panics = *left == Some(0);
        *left = left.and_then(|left| left.checked_sub(1));
        drop(left);
        assert!(!panics, "the clock panics for the test");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_request_is_answered_at_whichever_reading_the_clock_panics() {
    let session =
        |request: Request, cookie: &str| request.header("session", SESSION).header("cookie", cookie);
    let page = || Request::new("GET", "/mfa/reports").header("accept", "text/html");
    let guarded = || Request::new("GET", "/reports");
    for (requirement, request) in
        [(requirement(), guarded()), (requirement().once(), guarded()), (requirement(), page())]
    {
        for at in 0..10 {
            let clock = ClockThatPanics::default();
            let (app, provider) = app_with(requirement, |builder| builder.clock(clock.clone()));
            let cookie = confirm(&app, &provider).await;
            *clock.0.lock().unwrap() = Some(at);
            let answer = app.handle(session(request.clone(), &cookie)).await;
            // Some readings are only for the time of an event, or to save a reading of the store.
            assert!(matches!(answer.status, 200 | 500), "reading {at}: {}", answer.status);
            if answer.status == 500 {
                assert_eq!(answer.rejected, Some(ProblemKind::Misconfigured), "reading {at}");
            }
            if at == 0 {
                assert_eq!(answer.status, 500, "the first reading decides");
            }
        }
    }
}
