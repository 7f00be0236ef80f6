//! Documentation on an argument.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(
    /// Transfer to book.
    body: String,
) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
