//! Three mistakes cause three errors.

use mfakit::require_mfa;

#[require_mfa(scop = "transfer", max_age = "5", retries)]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
