//! An approved value whose type is not an action.

use axum::{Form, Router, routing::post};
use mfakit::require_mfa;

#[derive(serde::Serialize, serde::Deserialize)]
struct Order {
    amount: u64,
}

#[require_mfa(scope = "transfer")]
async fn transfer(#[approve] Form(order): Form<Order>) -> String {
    order.amount.to_string()
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
