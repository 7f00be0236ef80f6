//! Code of the guide's steps, in an app that has accounts and sessions, and the test that drives it.

use axum::{
    Form, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};

use mfakit::{
    BoxError, LoginId, Mfa, MfaLayer, PhoneNumber, Region, Subject, UserId, bandwidth::Bandwidth, require_mfa,
};
use serde::{Deserialize, Serialize};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

#[derive(Serialize, Deserialize)]
struct SignIn {
    user: i64,
    id: LoginId,
}

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let sign_in: Option<SignIn> = session.get("sign-in").await?;
    Ok(sign_in.map(|SignIn { user, id }| Subject::cookie(user, id)))
}

async fn number_on_file(database: Database, user: UserId) -> Result<Option<PhoneNumber>, BoxError> {
    let Some(stored) = database.phone_of(user.parse()?).await? else { return Ok(None) };
    Ok(Some(PhoneNumber::parse(&stored, "US")?))
}

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(Form(order): Form<Order>) -> String {
    format!("sent {} to {}", order.amount, order.payee)
}

async fn sign_in(session: &Session, user: &User) -> Result<(), session::Error> {
    session.cycle_id().await?;
    session.insert("sign-in", SignIn { user: user.id, id: LoginId::random() }).await
}

async fn sign_out(session: &Session, mfa: &Mfa) -> Result<(), BoxError> {
    let sign_in: Option<SignIn> = session.get("sign-in").await?;
    session.flush().await?;
    if let Some(SignIn { user, id }) = sign_in {
        mfa.revoke_login(&user.into(), &id).await?;
    }
    Ok(())
}

fn app(bandwidth: Bandwidth, database: Database) -> Result<Router, BoxError> {
    let mfa = Mfa::builder(bandwidth, "http://localhost:3000")
        .name("Example Bank")
        .scope("transfer", "make a transfer")
        .directory_with(database, number_on_file)
        .messaging_to(Region::with_territories("US"))
        .login_url("/login")
        .build()?;

    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let your_routes = your_routes(mfa.clone());
    let app = your_routes
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify))
        .layer(sessions);
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

fn your_routes(mfa: Mfa) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route(
            "/login",
            get(async |session: Session| sign_in(&session, &User { id: 7 }).await.map_err(unavailable)),
        )
        .route(
            "/logout",
            post(async |session: Session, State(mfa): State<Mfa>| {
                sign_out(&session, &mfa).await.map_err(unavailable)
            }),
        )
        .with_state(mfa)
}

fn unavailable(_: impl Into<BoxError>) -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
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
    assert!(sent.message.contains("Example Bank code to make a transfer"), "{}", sent.message);
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
