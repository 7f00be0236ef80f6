//! A misspelled option.

use mfakit::require_mfa;

#[require_mfa(scop = "transfer")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
