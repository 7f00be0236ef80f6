//! tower-sessions, on axum.

use axum::{Router, http::StatusCode, routing::post};
use mfakit::{LoginId, Mfa, MfaLayer, StepUp, Subject, require_mfa};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

// Used by the test only.
use mfakit::testing::on_tower;

use super::{
    mfa::mfa,
    walk::{Renewal, walk, walk_over_other_sessions},
};

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let user: Option<String> = session.get("user").await?;
    Ok(user.zip(session.id()).map(|(user, id)| Subject::cookie(user, LoginId::from_session_id(id))))
}

async fn log_in(session: &Session, user: &str) -> Result<(), session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert("user", user).await
}

async fn log_out(session: Session, step_up: StepUp) -> axum::response::Result<&'static str> {
    session.flush().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    step_up.sign_out().await?;
    Ok("signed out")
}

fn app(mfa: Mfa, sessions: MemoryStore) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route("/logout", post(log_out))
        .merge(routes())
        // Later layers wrap earlier ones, so the session is there when `identify` runs.
        .layer(MfaLayer::new(mfa, identify).with_routes())
        .layer(SessionManagerLayer::new(sessions))
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

fn routes() -> Router {
    Router::new()
        .route("/login", post(async |session: Session| log_in(&session, "alice").await.unwrap()))
        .route("/login/bob", post(async |session: Session| log_in(&session, "bob").await.unwrap()))
        .route("/visit", post(async |session: Session| session.insert("visits", 1).await.unwrap()))
        .route("/renew", post(async |session: Session| session.cycle_id().await.unwrap()))
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_tower_sessions() {
    let (mfa, events) = mfa();
    let app = on_tower(app(mfa.clone(), MemoryStore::default()));
    walk(&mfa, &events, Renewal::EndsGrants, app).await;
}

#[tokio::test]
async fn no_grant_passes_from_one_session_of_tower_sessions_to_another() {
    let (mfa, events) = mfa();
    walk_over_other_sessions(&mfa, &events, on_tower(app(mfa.clone(), MemoryStore::default()))).await;
}
