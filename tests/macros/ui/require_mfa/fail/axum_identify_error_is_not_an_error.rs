//! An identify function whose error is a response.

use axum::http::{HeaderMap, StatusCode};
use mfakit::{Mfa, MfaLayer, Subject};

async fn identify(_headers: HeaderMap) -> Result<Option<Subject>, StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

fn layer(mfa: Mfa) -> MfaLayer {
    MfaLayer::new(mfa, identify)
}

fn main() {}
