//! `#[utoipa::path]` above reads the original arguments.

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use mfakit::require_mfa;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

#[derive(Deserialize, Serialize, ToSchema)]
struct Order {
    amount: u64,
}

#[utoipa::path(
    post,
    path = "/transfer/{id}",
    params(("id" = u64, Path, description = "The account")),
    request_body = Order,
    responses((status = 200, body = Order), (status = 401, description = "A code is asked for"))
)]
#[require_mfa(scope = "transfer")]
async fn transfer(State(_bank): State<u8>, Path(_id): Path<u64>, Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

#[derive(OpenApi)]
#[openapi(paths(transfer))]
struct Api;

#[test]
fn utoipa_reads_the_arguments_of_axum_handlers() {
    let document = Api::openapi();
    assert!(document.paths.paths.contains_key("/transfer/{id}"));
    let _app: Router = Router::new().route("/transfer/{id}", post(transfer)).with_state(1);
}
