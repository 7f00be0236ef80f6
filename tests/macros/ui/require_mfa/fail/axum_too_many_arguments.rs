//! More arguments than axum allows.

use axum::{Router, http::Method, routing::post};
use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
#[rustfmt::skip]
async fn transfer(
    _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method,
    _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method,
) {}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
