//! Two approved arguments.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[approve] page: axum::extract::Query<u8>, #[approve] order: axum::Json<u8>) -> String {
    format!("{page:?} {order:?}")
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
