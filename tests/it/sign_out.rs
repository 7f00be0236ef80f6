//! Sign-out by `StepUp`: it ends the grants of the caller's session, and no others.

mod in_flight;

use actix_web::{App, HttpRequest, test, web};
use axum::{Router, http::HeaderMap, routing::post};
use mfakit::{
    BoxError, MemoryStore, Mfa, MfaLayer, MfaMiddleware, MfaRejection, StepUp, Subject, UserId,
    error::InvalidLoginId,
    require_mfa,
    testing::{HookedStore, HttpCall, HttpReply, Outage, TestProvider, Verb, on_tower},
};

use crate::recipes::browser::on_actix;

const HERE: &str = "00000000000000000000000000000001";
const THERE: &str = "00000000000000000000000000000002";

async fn log_out(step_up: StepUp) -> Result<&'static str, MfaRejection> {
    step_up.sign_out().await?;
    Ok("signed out")
}

#[require_mfa(scope = "pay")]
async fn pay() -> &'static str {
    "paid"
}

fn subject(login: &str) -> Result<Subject, InvalidLoginId> {
    Ok(Subject::cookie("alice", login.parse()?))
}

fn engine() -> (Mfa, Outage) {
    let outage = Outage::new();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Some("+19195551234".to_owned()))
        .messaging_to(["US"])
        .store(HookedStore::new(MemoryStore::new(), outage.clone()))
        .build();
    (mfa.unwrap(), outage)
}

async fn walk(mfa: &Mfa, outage: &Outage, app: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>) {
    let here = mfa.testing().grant(&subject(HERE).unwrap(), "pay").await;
    let there = mfa.testing().grant(&subject(THERE).unwrap(), "pay").await;
    let ask = async |path, login: &str, cookie: &str| {
        let call = HttpCall::new("POST", path).header("login", login).header("cookie", cookie);
        app(call).await.unwrap()
    };
    let anonymous = app(HttpCall::new("POST", "/logout")).await.unwrap();
    assert_eq!((anonymous.status, anonymous.body.as_str()), (200, "signed out"));

    outage.begin_for(Verb::Revoke);
    let failed = ask("/logout", HERE, &here).await;
    assert_eq!((failed.status, failed.header("retry-after").is_some()), (503, true), "{failed:?}");
    outage.end();
    assert_eq!(ask("/pay", HERE, &here).await.status, 200, "the grant is still valid");

    let done = ask("/logout", HERE, "").await;
    assert_eq!((done.status, done.body.as_str()), (200, "signed out"), "the grant cookie is not needed");
    assert_eq!(done.header("cache-control"), Some("no-store"));
    assert_eq!(ask("/pay", HERE, &here).await.status, 401);
    assert_eq!(ask("/pay", THERE, &there).await.status, 200, "another session of the user");
    assert_eq!(app(HttpCall::new("POST", "/logout").header("login", "x")).await.unwrap().status, 503);
}

#[tokio::test]
async fn signing_out_ends_the_grants_of_the_session_on_axum() {
    async fn identify(headers: HeaderMap) -> Result<Option<Subject>, BoxError> {
        let login = headers.get("login").map(|login| login.to_str()).transpose()?;
        Ok(login.map(subject).transpose()?)
    }
    let (mfa, outage) = engine();
    let app = Router::new().route("/logout", post(log_out)).route("/pay", post(pay));
    let app = app.layer(MfaLayer::new(mfa.clone(), identify).with_routes());
    walk(&mfa, &outage, on_tower(app)).await;
}

#[actix_web::test]
async fn signing_out_ends_the_grants_of_the_session_on_actix() {
    async fn identify(request: HttpRequest) -> Result<Option<Subject>, BoxError> {
        let login = request.headers().get("login").map(|login| login.to_str()).transpose()?;
        Ok(login.map(subject).transpose()?)
    }
    let (mfa, outage) = engine();
    let app = App::new()
        .route("/logout", web::post().to(log_out))
        .route("/pay", web::post().to(pay))
        .wrap(MfaMiddleware::new(mfa.clone(), identify));
    walk(&mfa, &outage, on_actix(test::init_service(app).await)).await;
}
