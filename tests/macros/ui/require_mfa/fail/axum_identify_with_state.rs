//! An identify function that extracts the state, without `with_state`.

use std::convert::Infallible;

use axum::extract::State;
use mfakit::{Mfa, MfaLayer, Subject};

#[derive(Clone)]
struct App;

async fn identify(State(_app): State<App>) -> Result<Option<Subject>, Infallible> {
    Ok(None)
}

fn layer(mfa: Mfa) -> MfaLayer {
    MfaLayer::new(mfa, identify)
}

fn main() {}
