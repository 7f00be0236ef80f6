//! The compiler reports a mistake in the body at its own place.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(body: String) -> String {
    body.len()
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
