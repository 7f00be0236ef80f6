//! A character that a scope can contain, but not begin with.

use mfakit::require_mfa;

#[require_mfa(scope = "-transfer")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
