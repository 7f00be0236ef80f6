//! An identify function without a `Result`.

use mfakit::{Mfa, MfaLayer, Subject};

async fn identify(_headers: axum::http::HeaderMap) -> Option<Subject> {
    None
}

fn layer(mfa: Mfa) -> MfaLayer {
    MfaLayer::new(mfa, identify)
}

fn main() {}
