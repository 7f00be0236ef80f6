//! An extractor that reads the body, before another.

use axum::{Router, http::HeaderMap, routing::post};
use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(body: String, headers: HeaderMap) -> String {
    drop(headers);
    body
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
