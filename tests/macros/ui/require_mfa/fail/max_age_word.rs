//! A `max_age` without a number.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer", max_age = "abc")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
