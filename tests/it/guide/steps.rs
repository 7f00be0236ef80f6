//! Code of the guide's steps, in an app that has accounts and sessions, and the test that drives it.

use axum::{
    Form, Router,
    http::StatusCode,
    routing::{get, post},
};

use mfakit::{LoginId, Mfa, MfaLayer, StepUp, Subject, bandwidth::Bandwidth, require_mfa};
use serde::Deserialize;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

// Used by the test only.
use mfakit::BoxError;

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let user: Option<i64> = session.get("user").await?;
    Ok(user.zip(session.id()).map(|(user, id)| Subject::cookie(user, LoginId::from_session_id(id))))
}

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(Form(order): Form<Order>) -> String {
    format!("sent {} to {}", order.amount, order.payee)
}

async fn sign_in(session: &Session, user: &User) -> Result<(), session::Error> {
    session.cycle_id().await?;
    session.insert("user", user.id).await
}

async fn sign_out(session: Session, step_up: StepUp) -> axum::response::Result<&'static str> {
    session.flush().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    step_up.sign_out().await?;
    Ok("You are signed out.")
}

fn app(bandwidth: Bandwidth, database: Database) -> Result<Router, BoxError> {
    let mfa = Mfa::builder(bandwidth, "http://localhost:3000")
        .scope("transfer", "make a transfer")
        .directory_with(database, async |database, user: i64| database.phone_of(user).await)
        .default_region("US")
        .messaging_to(["US"])
        .login_url("/login")
        .build()?;

    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let your_routes = your_routes();
    let app = your_routes.layer(MfaLayer::new(mfa, identify).with_routes()).layer(sessions);
    Ok(app)
}

#[derive(Deserialize)]
struct Order {
    amount: u32,
    payee: String,
}

struct User {
    id: i64,
}

/// Database of the app, with one account.
#[derive(Clone)]
struct Database;

impl Database {
    async fn phone_of(&self, user: i64) -> Result<Option<String>, std::io::Error> {
        Ok((user == 7).then(|| "(202) 555-0123".to_owned()))
    }
}

fn your_routes() -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route(
            "/login",
            get(async |session: Session| {
                sign_in(&session, &User { id: 7 }).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
            }),
        )
        .route("/logout", post(sign_out))
}

#[tokio::test]
async fn the_steps_of_the_guide_protect_a_form_until_the_user_signs_out() {
    let emulator = super::emulator().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = super::Browser::new(&format!("http://{}", listener.local_addr().unwrap()));
    let app = app(super::client_of(&emulator), Database).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let order = [("amount", "5"), ("payee", "bob")];

    assert_eq!(browser.submit("/transfer", "/transfer", &order).await.location(), "/login");
    assert_eq!(browser.open("/login").await.status, 200);
    let rejected = browser.submit("/transfer", "/transfer", &order).await;
    assert_eq!(
        (rejected.status.as_u16(), rejected.location().split('?').next()),
        (303, Some("/mfa/transfer"))
    );

    browser.step_up("transfer", async || emulator.inbox().last().unwrap().code.clone()).await;
    let sent = emulator.inbox().last().unwrap().clone();
    assert_eq!(sent.to, "+12025550123");
    assert!(sent.message.contains("localhost code to make a transfer"), "{}", sent.message);
    assert_eq!(browser.submit("/transfer", "/transfer", &order).await.body, "sent 5 to bob");

    assert_eq!(browser.submit("/transfer", "/logout", &[]).await.status, 200);
    assert_eq!(browser.open("/login").await.status, 200);
    let rejected = browser.submit("/transfer", "/transfer", &order).await;
    assert_eq!(
        (rejected.status.as_u16(), rejected.location().split('?').next()),
        (303, Some("/mfa/transfer"))
    );
    server.abort();
}
