//! A constant that does not exist.

use mfakit::require_mfa;

#[require_mfa(scope = TRANSFER)]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
