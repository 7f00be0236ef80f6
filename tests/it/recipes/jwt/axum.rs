//! A JSON Web Token, on axum.

use std::convert::Infallible;

use axum::{
    Router,
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, header, request::Parts},
    routing::post,
};
use mfakit::{Mfa, MfaLayer, Subject};

// Used by the test only.
use axum::extract::State;
use mfakit::{require_mfa, testing::on_tower};

use super::{
    super::mfa::mfa,
    Claims, Tokens, subject,
    walk::{tokens, walk},
};

impl<S> FromRequestParts<S> for Claims
where
    Tokens: FromRef<S>,
    S: Sync,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Tokens::from_ref(state).accept(authorization).ok_or(StatusCode::UNAUTHORIZED)
    }
}

// Without an accepted token the extractor rejects, and the request counts as not signed in.
async fn identify(claims: Claims) -> Result<Option<Subject>, Infallible> {
    Ok(Some(subject(&claims)))
}

fn app(state: App) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route("/logout", post(log_out))
        .merge(mfakit::web::axum::routes(&state.mfa))
        .layer(MfaLayer::with_state(state.mfa.clone(), state.clone(), identify))
        .with_state(state)
}

#[derive(Clone, FromRef)]
struct App {
    mfa: Mfa,
    tokens: Tokens,
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

async fn log_out(State(app): State<App>, claims: Claims) {
    app.tokens.revoke(claims, &app.mfa).await.unwrap();
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_token_on_axum() {
    let (mfa, _) = mfa();
    walk(&mfa, on_tower(app(App { mfa: mfa.clone(), tokens: tokens() }))).await;
}
