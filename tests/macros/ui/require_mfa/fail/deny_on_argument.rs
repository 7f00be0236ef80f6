//! A lint level that would apply to the other arguments too.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[deny(unused_variables)] body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
