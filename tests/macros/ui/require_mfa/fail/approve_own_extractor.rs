//! An approved argument that is neither a form, nor JSON, nor a query.

use axum::{Router, routing::post};
use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(#[approve] body: String) -> String {
    body
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
