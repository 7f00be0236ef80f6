//! The marker in a handler without the attribute.

use axum::{Json, Router, routing::post};

async fn transfer(#[approve] order: Json<u8>) -> String {
    format!("{order:?}")
}

fn main() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
