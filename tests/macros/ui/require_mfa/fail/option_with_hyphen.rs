//! An option with a hyphen instead of an underscore.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer", max-age = "5m")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
