//! A constant that is too long for a scope.

use mfakit::require_mfa;

const SETTINGS: &str = "settings-of-a-customer-of-the-bank";

#[require_mfa(scope = SETTINGS)]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
