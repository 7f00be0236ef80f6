//! A type that is no extractor is reported at the arguments, by debug_handler below.

use mfakit::require_mfa;

struct Order;

#[require_mfa(scope = "transfer")]
#[axum::debug_handler]
async fn transfer(body: String, order: Order) -> String {
    drop(order);
    body
}

fn main() {}
