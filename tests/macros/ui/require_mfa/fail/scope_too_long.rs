//! A scope of 33 characters.

use mfakit::require_mfa;

#[require_mfa(scope = "abcdefghijklmnopqrstuvwxyz0123456")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
