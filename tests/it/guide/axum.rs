//! Program of the README, and the test that drives it.

use axum::{Router, http::StatusCode, response::Redirect, routing::get};
use mfakit::{BoxError, LoginId, Mfa, MfaLayer, MfaProvider, PhoneNumber, Subject, UserId};
use mfakit::{bandwidth::Bandwidth, require_mfa};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

#[require_mfa(scope = "settings", max_age = "5m")]
async fn settings() -> &'static str {
    "These are your settings."
}

async fn sign_in(session: Session) -> Result<Redirect, StatusCode> {
    let login = ("alice", LoginId::random()); // your app checks a password first
    session.insert("login", login).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Redirect::to("/settings"))
}

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let signed_in: Option<(String, LoginId)> = session.get("login").await?;
    Ok(signed_in.map(|(user, id)| Subject::cookie(user, id)))
}

fn app(bandwidth: impl MfaProvider) -> Result<Router, BoxError> {
    let number_on_file = async |_: UserId| PhoneNumber::new("+12025550123").map(Some);
    let mfa = Mfa::builder(bandwidth, "http://localhost:3000").scope("settings", "change your settings");
    let mfa = mfa.directory(number_on_file).messaging_to(["US"]).login_url("/login").build()?;
    let app = Router::new().route("/login", get(sign_in)).route("/settings", get(settings));
    let app = app.merge(mfakit::web::axum::routes(&mfa)).layer(MfaLayer::new(mfa, identify));
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
