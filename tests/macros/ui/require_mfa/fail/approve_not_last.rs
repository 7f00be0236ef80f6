//! An approved argument that is not the last.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[approve] page: axum::extract::Query<u8>, body: String) -> String {
    format!("{page:?} {body}")
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
