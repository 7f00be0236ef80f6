//! Program of the README, and the test that drives it.

use axum::{Router, http::StatusCode, response::Redirect, routing::get};
use mfakit::{BoxError, LoginId, Mfa, MfaLayer, MfaProvider, Subject, UserId};
use mfakit::{bandwidth::Bandwidth, require_mfa};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

#[require_mfa(scope = "settings", max_age = "5m")]
async fn settings() -> &'static str {
    "These are your settings."
}

async fn sign_in(session: Session) -> Result<Redirect, StatusCode> {
    session.cycle_id().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    session.insert("user", "alice").await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?; // after a password
    Ok(Redirect::to("/settings"))
}

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let user: Option<String> = session.get("user").await?;
    Ok(user.zip(session.id()).map(|(user, id)| Subject::cookie(user, LoginId::from_session_id(id))))
}

fn app(bandwidth: impl MfaProvider) -> Result<Router, BoxError> {
    let mfa = Mfa::builder(bandwidth, "http://localhost:3000").scope("settings", "change your settings");
    let mfa = mfa.directory(async |_: UserId| Some("+12025550123".to_owned()));
    let mfa = mfa.messaging_to(["US"]).login_url("/login").build()?;
    let app = Router::new().route("/login", get(sign_in)).route("/settings", get(settings));
    let app = app.layer(MfaLayer::new(mfa, identify).with_routes());
    Ok(app.layer(SessionManagerLayer::new(MemoryStore::default())))
}

#[expect(dead_code, reason = "the test serves the app on a free port, with an emulator of its own")]
#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let app = app(Bandwidth::from_env()?)?;
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}

#[tokio::test]
async fn the_program_of_the_readme_prompts_for_a_code_and_accepts_it() {
    let emulator = super::emulator().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = app(super::client_of(&emulator)).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    super::walk(&address, &emulator).await;
    server.abort();
}
