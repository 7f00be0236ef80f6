//! A `max_age` of more than 24 hours.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer", max_age = "2d")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
