//! `debug_handler` below reports a type that is not an extractor at the arguments.

use mfakit::require_mfa;

struct Order;

#[require_mfa(scope = "transfer")]
#[axum::debug_handler]
async fn transfer(body: String, order: Order) -> String {
    drop(order);
    body
}

fn main() {}
