//! A misspelled marker.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[approved] order: axum::Json<u8>) -> String {
    format!("{order:?}")
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
