//! The app served on a free port, and tests with reqwest.

use mfakit::{
    Mfa, Policy,
    testing::{Confirm, Events, ManualClock, TestProvider},
};
use tokio::net::TcpListener;

// Used by the test only.
use std::time::Duration;

use super::{app::step_up, axum::app, send::send};

pub struct TestApp {
    pub url: String,
    pub mfa: Mfa,
    pub clock: ManualClock,
    pub provider: TestProvider,
    pub events: Events,
}

pub async fn spawn_app() -> TestApp {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (clock, provider, events) = (ManualClock::new(), TestProvider::new(), Events::new());
    let mfa = step_up(provider.clone(), &url)
        .policy(Policy::for_tests())
        .clock(clock.clone())
        .observer(events.clone())
        .build()
        .unwrap();
    let router = app(mfa.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    TestApp { url, mfa, clock, provider, events }
}

impl TestApp {
    /// Sends a request with a cookie. Returns the status and the body.
    pub async fn request(&self, method: &str, path: &str, cookie: &str) -> (u16, String) {
        let client = reqwest::Client::new();
        let request = client.request(method.parse().unwrap(), format!("{}{path}", self.url));
        let response = request.header("cookie", cookie).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Signs a user in, and returns the session's cookie.
    pub async fn sign_in(&self, user: &'static str) -> String {
        let response = reqwest::Client::new().post(format!("{}/login", self.url)).body(user).send().await;
        let cookie = response.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
        cookie.split(';').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn without_a_code_a_transfer_is_rejected() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    let (status, body) = app.request("POST", "/transfer", &session).await;
    assert_eq!(status, 401);
    assert!(body.contains("urn:mfakit:problem:step-up-required"), "{body}");
}

#[tokio::test]
async fn with_a_grant_a_transfer_passes() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    app.mfa.testing().grant_user("alice", "transfer");
    assert_eq!(app.request("POST", "/transfer", &session).await, (200, "sent".to_owned()));
}

#[tokio::test]
async fn a_code_lets_a_transfer_pass() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    let client = reqwest::Client::new();

    let confirmed = Confirm::new("transfer")
        .base_url(&app.url)
        .cookie(&session)
        .run(&app.provider, async |call| send(&client, call).await)
        .await
        .unwrap();

    let cookies = format!("{session}; {}", confirmed.cookie().unwrap());
    assert_eq!(app.request("POST", "/transfer", &cookies).await.0, 200);
}

#[tokio::test]
async fn a_transfer_consumes_the_grant() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    app.mfa.testing().grant_user("alice", "transfer");
    assert_eq!(app.request("POST", "/transfer", &session).await.0, 200);
    assert_eq!(app.request("POST", "/transfer", &session).await.0, 401);
}

#[tokio::test]
async fn a_confirmation_expires_after_ten_minutes() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    app.mfa.testing().grant_user("alice", "settings");
    app.clock.advance(Duration::from_secs(10 * 60 - 1));
    assert_eq!(app.request("GET", "/settings", &session).await.0, 200);
    app.clock.advance(Duration::from_secs(1));
    let (status, body) = app.request("GET", "/settings", &session).await;
    assert_eq!(status, 401);
    assert!(body.contains(r#""reason":"expired""#), "{body}");
}

#[tokio::test]
async fn a_sign_out_ends_the_confirmation() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;

    // The user and the session of the latest request, as `identify` returned them.
    app.request("GET", "/settings", &session).await;
    let alice = app.events.last_subject().unwrap();

    let cookies = format!("{session}; {}", app.mfa.testing().grant(&alice, "settings").await);
    assert_eq!(app.request("GET", "/settings", &cookies).await.0, 200);
    assert_eq!(app.request("POST", "/logout", &cookies).await.0, 200);
    assert_eq!(app.request("GET", "/settings", &cookies).await.0, 401);
}

#[tokio::test]
async fn every_confirmation_is_in_the_audit_log() {
    let app = spawn_app().await;
    let session = app.sign_in("alice").await;
    app.events.clear();
    app.mfa.testing().grant_user("alice", "transfer");
    app.request("POST", "/transfer", &session).await;
    assert_eq!(app.events.kinds(), ["Granted", "Consumed"]);
}

/// A dropped confirmation ends a grant by user as it ends any other, over HTTP.
#[tokio::test]
async fn a_dropped_confirmation_ends_the_grant_of_this_session_only() {
    let app = spawn_app().await;
    let (here, there) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.mfa.testing().grant_user("alice", "settings");
    for session in [&here, &there] {
        assert_eq!(app.request("GET", "/settings", session).await.0, 200);
    }
    let (_, situation) = app.request("GET", "/mfa/settings", &here).await;
    assert!(situation.contains(r#""state":"done""#), "{situation}");

    let client = reqwest::Client::new();
    let call = client.delete(format!("{}/mfa/settings", app.url)).header("cookie", &here);
    let dropped = call.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(dropped.status(), 204);
    assert_eq!(app.request("GET", "/settings", &here).await.0, 401);
    assert_eq!(app.request("GET", "/settings", &there).await.0, 200);
    app.mfa.revoke_user(&"alice".into()).await.unwrap();
    assert_eq!(app.request("GET", "/settings", &there).await.0, 401);
}

/// Twenty tests at once, with one user and one provider.
#[tokio::test]
async fn concurrent_ceremonies_of_one_user_each_find_their_code() {
    let app = &spawn_app().await;
    let ceremonies = (0..20).map(|_| async move {
        let (session, client) = (app.sign_in("alice").await, reqwest::Client::new());
        let confirm = Confirm::new("transfer").base_url(&app.url).cookie(&session);
        let confirmed = confirm.run(&app.provider, async |call| send(&client, call).await).await.unwrap();
        assert_eq!(confirmed.expires_in(), 600);
        let cookies = format!("{session}; {}", confirmed.cookie().unwrap());
        assert_eq!(app.request("POST", "/transfer", &cookies).await.0, 200);
    });
    // Four at a time, because a challenge has five attempts, and so at most five codes can be told apart.
    let mut ceremonies: Vec<_> = ceremonies.map(Box::pin).collect();
    while !ceremonies.is_empty() {
        let rest = ceremonies.split_off(ceremonies.len().min(4));
        futures_util::future::join_all(ceremonies).await;
        ceremonies = rest;
    }
}
