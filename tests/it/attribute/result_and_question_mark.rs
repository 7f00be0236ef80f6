//! `Result`, `?` and early returns work, because the return type does not change.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use mfakit::require_mfa;
use serde::{Deserialize, Serialize};

#[derive(Clone)]
struct Bank;

#[derive(Deserialize)]
struct Order {
    amount: String,
}

#[derive(Serialize)]
struct Receipt {
    amount: u64,
}

struct AppError;

impl From<std::num::ParseIntError> for AppError {
    fn from(_: std::num::ParseIntError) -> Self {
        Self
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        StatusCode::UNPROCESSABLE_ENTITY.into_response()
    }
}

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(State(_bank): State<Bank>, Form(order): Form<Order>) -> Result<Json<Receipt>, AppError> {
    let amount: u64 = order.amount.parse()?;
    if amount == 0 {
        return Err(AppError);
    }
    tell(amount).await;
    Ok(Json(Receipt { amount }))
}

async fn tell(_amount: u64) {}

#[test]
fn handlers_return_errors_with_the_question_mark() {
    let _app: Router = Router::new().route("/transfer", post(transfer)).with_state(Bank);
}
