//! A readiness route on axum.

use axum::{extract::State, http::StatusCode, http::header::CONTENT_TYPE, response::IntoResponse};
use mfakit::Mfa;

pub(super) async fn ready(State(mfa): State<Mfa>) -> impl IntoResponse {
    let health = mfa.health().await;
    let status = if health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CONTENT_TYPE, "application/json")], health.to_json())
}
