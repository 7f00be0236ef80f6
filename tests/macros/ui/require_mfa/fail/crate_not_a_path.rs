//! A value for `crate` that is not a path.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer", crate = "my crate")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
