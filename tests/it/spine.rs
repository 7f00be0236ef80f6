//! One ceremony through every layer.

use axum::{
    Form, Router,
    body::Body,
    extract::FromRequestParts,
    http::{Request, StatusCode, header, request::Parts},
    routing::{get, post},
};
use http_body_util::BodyExt;
use mfakit::{
    Granted, LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId, require_mfa,
    testing::TestProvider,
};
use serde_json::{Value, json};
use tower::ServiceExt;

#[derive(serde::Deserialize)]
struct Order {
    amount: u32,
}

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(Granted(grant): Granted, Form(order): Form<Order>) -> String {
    format!("sent {} by {}", order.amount, grant.channel())
}

async fn report() -> &'static str {
    "numbers"
}

struct Session(Option<Subject>);

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(parts.extensions.get::<Subject>().cloned()))
    }
}

async fn identify(Session(subject): Session) -> Result<Option<Subject>, std::io::Error> {
    Ok(subject)
}

async fn call(
    app: &Router,
    subject: &Subject,
    request: http::request::Builder,
    body: impl Into<Body>,
) -> (StatusCode, http::HeaderMap, Value) {
    let mut request = request.body(body.into()).unwrap();
    request.extensions_mut().insert(subject.clone());
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let value = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
    (parts.status, parts.headers, value)
}

#[tokio::test]
async fn a_code_opens_the_routes_of_its_scope_only() {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .scope("reports", "see the reports")
        .directory(async |_: UserId| Ok::<_, std::io::Error>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap();
    let app = Router::new()
        .route("/transfer", post(transfer))
        .route("/report", get(report).layer(RequireMfa::scope("reports")))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify));
    let alice = Subject::cookie("alice", LoginId::random());
    let order =
        || Request::post("/transfer").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");

    let (status, headers, body) = call(&app, &alice, order(), "amount=1").await;
    assert_eq!(status, 401, "{headers:?} {body}");
    assert_eq!(body["challenge_url"], "/mfa/transfer/challenge", "{body}");

    let json = |path: &str| {
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
    };
    let (status, _, started) =
        call(&app, &alice, json("/mfa/transfer/challenge"), json!({"channel": "messaging"}).to_string())
            .await;
    assert_eq!(status, 201, "{started}");
    let code = provider.last_code().unwrap();
    let answer = json!({"challenge": started["challenge"], "code": code}).to_string();
    let (status, headers, body) = call(&app, &alice, json("/mfa/transfer/verify"), answer).await;
    assert_eq!(status, 200, "{body}");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();

    let (status, headers, body) =
        call(&app, &alice, order().header(header::COOKIE, &cookie), "amount=7").await;
    assert_eq!((status.as_u16(), body), (200, json!("sent 7 by messaging")));
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let (status, ..) = call(&app, &alice, order(), "amount=7").await;
    assert_eq!(status, 401);
    let (status, ..) = call(&app, &alice, Request::get("/report").header(header::COOKIE, &cookie), "").await;
    assert_eq!(status, 401);
}
