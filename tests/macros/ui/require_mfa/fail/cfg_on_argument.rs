//! An argument that depends on a `cfg`.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[cfg(all())] body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
