//! `debug_handler` above the attribute.

use mfakit::require_mfa;

#[axum::debug_handler]
#[require_mfa(scope = "transfer")]
async fn transfer(headers: axum::http::HeaderMap, body: String) -> String {
    drop(headers);
    body
}

fn main() {}
