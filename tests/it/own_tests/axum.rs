//! An app on axum with a session cookie.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use mfakit::{LoginId, Mfa, MfaLayer, Subject, require_mfa};
use serde::{Deserialize, Serialize};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

#[derive(Serialize, Deserialize)]
struct LogIn {
    user: String,
    id: LoginId,
}

async fn identify(session: Session) -> Result<Option<Subject>, session::Error> {
    let log_in: Option<LogIn> = session.get("log-in").await?;
    Ok(log_in.map(|log_in| Subject::cookie(log_in.user, log_in.id)))
}

#[require_mfa(scope = "transfer", once)]
async fn transfer() -> &'static str {
    "sent"
}

#[require_mfa(scope = "settings")]
async fn settings() -> &'static str {
    "settings"
}

async fn log_in(session: Session, user: String) {
    session.cycle_id().await.unwrap();
    session.insert("log-in", LogIn { user, id: LoginId::random() }).await.unwrap();
}

async fn log_out(session: Session, State(mfa): State<Mfa>) {
    let log_in: LogIn = session.get("log-in").await.unwrap().unwrap();
    session.flush().await.unwrap();
    mfa.revoke_login(&log_in.user.into(), &log_in.id).await.unwrap();
}

pub(super) fn app(mfa: Mfa) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route("/settings", get(settings))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa.clone(), identify))
        .layer(SessionManagerLayer::new(MemoryStore::default()).with_secure(false))
        .with_state(mfa)
}

#[cfg(test)]
mod in_process {
    use mfakit::testing::{Confirm, HttpCall, TestProvider, on_tower};

    use super::{super::app::step_up, app};

    #[tokio::test]
    async fn a_code_lets_a_transfer_pass_without_a_server() {
        let provider = TestProvider::new();
        let mfa = step_up(provider.clone(), "https://bank.example").build().unwrap();
        let send = on_tower(app(mfa));

        let signed_in = send(HttpCall::new("POST", "/login").body("alice")).await.unwrap();
        let (name, value) = signed_in.cookies().next().unwrap();
        let session = format!("{name}={value}");

        let confirmed = Confirm::new("transfer").cookie(&session).run(&provider, &send).await.unwrap();
        let cookies = format!("{session}; {}", confirmed.cookie().unwrap());
        let reply = send(HttpCall::new("POST", "/transfer").header("cookie", cookies)).await.unwrap();
        assert_eq!((reply.status, reply.body.as_str()), (200, "sent"));
    }
}
