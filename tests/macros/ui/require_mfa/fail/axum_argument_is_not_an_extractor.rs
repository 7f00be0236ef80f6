//! An argument that is not an extractor, without `debug_handler`.

use axum::{Router, routing::post};
use mfakit::require_mfa;

struct Order;

#[require_mfa(scope = "transfer")]
async fn transfer(order: Order, body: String) -> String {
    drop(order);
    body
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
