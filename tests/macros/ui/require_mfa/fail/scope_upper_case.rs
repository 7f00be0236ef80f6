//! A capital letter in a scope that is valid in lowercase.

use mfakit::require_mfa;

#[require_mfa(scope = "Transfer")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
