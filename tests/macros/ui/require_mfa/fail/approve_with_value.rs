//! A value of the marker.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[approve(order)] order: axum::Json<u8>) -> String {
    format!("{order:?}")
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
