//! `#[axum::debug_handler]` below, where it sees the single resulting argument.

use axum::Router;
use axum::extract::{Form, State};
use axum::routing::{get, post};
use mfakit::require_mfa;

#[derive(Clone)]
struct Bank;

#[require_mfa(scope = "transfer", max_age = "5m")]
#[axum::debug_handler(state = Bank)]
async fn transfer(State(_bank): State<Bank>, Form(order): Form<Vec<(String, String)>>) -> String {
    format!("{order:?}")
}

#[require_mfa(scope = "reports")]
#[axum::debug_handler(state = Bank)]
async fn reports(State(_bank): State<Bank>) -> &'static str {
    "reports"
}

#[test]
fn debug_handler_works_below_the_attribute() {
    let _app: Router =
        Router::new().route("/transfer", post(transfer)).route("/reports", get(reports)).with_state(Bank);
}
