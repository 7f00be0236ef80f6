//! A JSON Web Token, on axum.

use axum::{
    Router,
    extract::{FromRef, FromRequestParts, State},
    http::{StatusCode, header, request::Parts},
    routing::post,
};
use mfakit::{Mfa, MfaLayer, MfaRejection, StepUp, require_mfa};

// Used by the test only.
use mfakit::testing::on_tower;

use super::{
    super::mfa::mfa,
    Claims, Tokens, identify,
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

async fn log_out(
    State(tokens): State<Tokens>,
    claims: Claims,
    step_up: StepUp,
) -> Result<&'static str, MfaRejection> {
    tokens.revoke(claims);
    step_up.sign_out().await?;
    Ok("signed out")
}

fn app(mfa: Mfa, tokens: Tokens) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route("/logout", post(log_out))
        .layer(MfaLayer::with_state(mfa, tokens.clone(), identify).with_routes())
        .with_state(tokens)
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_token_on_axum() {
    let (mfa, _) = mfa();
    walk(&mfa, on_tower(app(mfa.clone(), tokens()))).await;
}
