//! An identify function that extracts another state than `with_state` has.

use std::convert::Infallible;

use axum::extract::State;
use mfakit::{Mfa, MfaLayer, Subject};

#[derive(Clone)]
struct App;

async fn identify(State(_app): State<App>) -> Result<Option<Subject>, Infallible> {
    Ok(None)
}

fn layer(mfa: Mfa) -> MfaLayer {
    MfaLayer::with_state(mfa, 4711, identify)
}

fn main() {}
