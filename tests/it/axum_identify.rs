//! Identify functions with extractors of axum.

use std::convert::Infallible;

use axum::{
    Extension, Router,
    body::Body,
    extract::{FromRef, FromRequestParts, State},
    http::{Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use mfakit::{LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId, testing::TestProvider};
use tower::ServiceExt;

use crate::log::Log;

fn mfa() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap()
}

fn app(layer: MfaLayer) -> Router {
    Router::new().route("/pay", get(async || "paid").layer(RequireMfa::scope("pay"))).layer(layer)
}

async fn answer(app: Router) -> Response {
    let ask = Request::get("/pay").header("sec-fetch-mode", "navigate").body(Body::empty()).unwrap();
    app.oneshot(ask).await.unwrap()
}

/// Extractor that rejects every request with a status.
struct Turned<const STATUS: u16>;

impl<S: Sync, const STATUS: u16> FromRequestParts<S> for Turned<STATUS> {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Response> {
        match STATUS {
            303 => Err(Redirect::to("/welcome").into_response()),
            status => Err((StatusCode::from_u16(status).unwrap(), "redis is away").into_response()),
        }
    }
}

/// Extractor that takes any amount of time, or ends in a panic.
struct Stuck<const PANICS: bool>;

impl<S: Sync, const PANICS: bool> FromRequestParts<S> for Stuck<PANICS> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if PANICS {
            // Like a panic, but without output on stderr.
            std::panic::resume_unwind(Box::new("as the test wants it"));
        }
        std::future::pending().await
    }
}

async fn stuck<const PANICS: bool>(_: Stuck<PANICS>) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::random())))
}

/// An extension that no layer puts into the request.
#[derive(Clone)]
struct Sessions;

async fn by_extension(_: Extension<Sessions>) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::random())))
}

async fn by_session(_: tower_sessions::Session) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::random())))
}

async fn identify<const STATUS: u16>(_: Turned<STATUS>) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::random())))
}

#[tokio::test]
async fn an_extractor_that_rejects_the_request_makes_it_anonymous() {
    for layer in [
        MfaLayer::new(mfa(), identify::<303>),
        MfaLayer::new(mfa(), identify::<400>),
        MfaLayer::new(mfa(), identify::<401>),
    ] {
        let answer = answer(app(layer)).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[header::LOCATION]),
            (303, &"/login".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn an_extractor_that_fails_is_an_outage_of_the_app() {
    for layer in [
        MfaLayer::new(mfa(), identify::<500>),
        MfaLayer::new(mfa(), identify::<502>),
        MfaLayer::new(mfa(), identify::<503>),
        MfaLayer::new(mfa(), identify::<408>),
        MfaLayer::new(mfa(), identify::<429>),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        let answer = answer(app(layer)).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[header::RETRY_AFTER]),
            (503, &"5".parse().unwrap())
        );
        let log = log.text();
        assert!(log.contains("sys_app_failed") && log.contains("redis is away"), "{log}");
        assert!(!log.contains("MfaLayer"), "it is no matter of layers: {log}");
    }
}

#[tokio::test]
async fn an_extractor_without_its_layer_is_a_misconfiguration_and_is_logged() {
    for layer in [MfaLayer::new(mfa(), by_extension), MfaLayer::new(mfa(), by_session)] {
        let log = Log::default();
        let _listening = log.listen();
        let answer = answer(app(layer)).await;
        assert_eq!(answer.status(), 500);
        assert!(log.text().contains("put its layer around MfaLayer"), "{}", log.text());
    }
}

#[tokio::test]
async fn an_extractor_that_panics_rejects_the_request() {
    let answer = answer(app(MfaLayer::new(mfa(), stuck::<true>))).await;
    assert_eq!(answer.status(), 500);
}

#[tokio::test(start_paused = true)]
async fn an_extractor_that_hangs_times_out_after_ten_seconds() {
    let asked = tokio::time::Instant::now();
    let answer = answer(app(MfaLayer::new(mfa(), stuck::<false>))).await;
    assert_eq!((answer.status().as_u16(), asked.elapsed().as_secs()), (503, 10));
}

#[tokio::test]
async fn a_layer_keeps_its_function_for_rejections_after_it_was_cloned() {
    async fn anonymous() -> Result<Option<Subject>, Infallible> {
        Ok(None)
    }
    let first = MfaLayer::new(mfa(), anonymous);
    let second = first.clone().on_rejection(|_, mut response| {
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        response
    });
    let status = async |layer| {
        let request = Request::get("/pay").body(Body::empty()).unwrap();
        app(layer).oneshot(request).await.unwrap().status()
    };
    assert_eq!(status(second).await, StatusCode::IM_A_TEAPOT);
    assert_eq!(status(first).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn identify_can_extract_the_state_of_the_layer() {
    #[derive(Clone)]
    struct Sessions(LoginId);
    #[derive(Clone, FromRef)]
    struct App {
        sessions: Sessions,
    }
    async fn by_state(State(sessions): State<Sessions>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(Subject::cookie("alice", sessions.0)))
    }
    let (mfa, login) = (mfa(), LoginId::random());
    let cookie = mfa.testing().grant(&Subject::cookie("alice", login), "pay").await;
    let app = app(MfaLayer::with_state(mfa, App { sessions: Sessions(login) }, by_state));
    let ask = Request::get("/pay").header("cookie", cookie).body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(ask).await.unwrap().status(), 200);
}
