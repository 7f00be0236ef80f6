//! Arguments of free functions: none, one, several, `mut`, destructured, ignored.

#![deny(warnings, clippy::all, clippy::pedantic)]

use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use mfakit::require_mfa;
use serde::Deserialize;

#[derive(Clone)]
struct Bank {
    name: &'static str,
}

#[derive(Deserialize)]
struct Order {
    amount: u64,
    payee: String,
}

/// A handler with documentation.
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(State(bank): State<Bank>, Form(order): Form<Order>) -> String {
    format!("{}: {} to {}", bank.name, order.amount, order.payee)
}

#[require_mfa(scope = "settings")]
async fn nothing() {}

#[require_mfa(scope = "reports", max_age = "1h30m")]
pub(crate) async fn one(headers: HeaderMap) -> String {
    format!("{}", headers.len())
}

#[require_mfa(max_age = "24h", scope = "abcdefghijklmnopqrstuvwxyz012345")]
async fn parts_only(Path(id): Path<u64>, Query(mut order): Query<Order>) -> String {
    order.amount += id;
    order.amount.to_string()
}

#[require_mfa(scope = "transfer")]
async fn patterns(
    State(Bank { name }): State<Bank>,
    mut headers: HeaderMap,
    _: Path<u64>,
    Json(Order { amount, .. }): Json<Order>,
) -> String {
    headers.clear();
    format!("{name} {amount}")
}

#[test]
fn handlers_of_axum_take_every_kind_of_argument() {
    let _app: Router = Router::new()
        .route("/transfer", post(transfer))
        .route("/nothing", get(nothing))
        .route("/one", get(one))
        .route("/parts/{id}", get(parts_only))
        .route("/patterns/{id}", post(patterns))
        .with_state(Bank { name: "bank" });
}
