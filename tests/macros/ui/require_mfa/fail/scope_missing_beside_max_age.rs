//! A `max_age` without a scope.

use mfakit::require_mfa;

#[require_mfa(max_age = "5m")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
