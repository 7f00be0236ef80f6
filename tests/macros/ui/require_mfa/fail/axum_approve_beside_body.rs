//! A body beside the approved value, which is then not approved.

use axum::{Form, Router, body::Bytes, routing::post};
use mfakit::{
    action::{Action, Words},
    require_mfa,
};

#[derive(serde::Serialize, serde::Deserialize)]
struct Order {
    amount: u64,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new()
    }
}

#[require_mfa(scope = "transfer")]
#[axum::debug_handler]
async fn transfer(body: Bytes, #[approve] Form(order): Form<Order>) -> String {
    format!("{body:?} {}", order.amount)
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
