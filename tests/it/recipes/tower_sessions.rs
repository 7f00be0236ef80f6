//! tower-sessions, on axum.

use axum::{Router, routing::post};
use mfakit::{LoginId, Mfa, MfaLayer, Subject, require_mfa};
use serde::{Deserialize, Serialize};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

// Used by the test only.
use axum::extract::State;
use mfakit::testing::on_tower;

use super::{mfa::mfa, walk::walk};

#[derive(Serialize, Deserialize)]
struct LogIn {
    user: String,
    id: LoginId,
}

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let log_in: Option<LogIn> = session.get("log-in").await?;
    Ok(log_in.map(|log_in| Subject::cookie(log_in.user, log_in.id)))
}

async fn log_in(session: &Session, user: String) -> Result<(), session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert("log-in", LogIn { user, id: LoginId::random() }).await
}

async fn log_out(session: &Session, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
    let log_in: Option<LogIn> = session.get("log-in").await?;
    session.flush().await?;
    if let Some(LogIn { user, id }) = log_in {
        mfa.revoke_login(&user.into(), &id).await?;
    }
    Ok(())
}

fn app(mfa: Mfa, sessions: MemoryStore) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .merge(routes())
        .merge(mfakit::web::axum::routes(&mfa))
        // Later layers wrap earlier ones, so the session is there when `identify` runs.
        .layer(MfaLayer::new(mfa.clone(), identify))
        .layer(SessionManagerLayer::new(sessions))
        .with_state(mfa)
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

fn routes() -> Router<Mfa> {
    Router::new()
        .route("/login", post(async |session: Session| log_in(&session, "alice".to_owned()).await.unwrap()))
        .route("/renew", post(async |session: Session| session.cycle_id().await.unwrap()))
        .route(
            "/logout",
            post(async |session: Session, State(mfa): State<Mfa>| log_out(&session, &mfa).await.unwrap()),
        )
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_tower_sessions() {
    let (mfa, events) = mfa();
    walk(&mfa, &events, on_tower(app(mfa.clone(), MemoryStore::default()))).await;
}
