//! `#[tracing::instrument]` above and below, with fields that use the arguments.

use axum::Router;
use axum::extract::{Form, State};
use axum::routing::post;
use mfakit::require_mfa;

#[derive(Clone, Debug)]
struct Bank {
    name: String,
}

#[tracing::instrument(skip(order), fields(bank = %bank.name), ret, err)]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn above(State(bank): State<Bank>, Form(order): Form<Vec<(String, String)>>) -> Result<String, String> {
    order.first().map(|_| bank.name).ok_or_else(|| "empty".to_owned())
}

#[require_mfa(scope = "transfer", max_age = "5m")]
#[tracing::instrument(skip(order), fields(bank = %bank.name), ret, err)]
async fn below(State(bank): State<Bank>, Form(order): Form<Vec<(String, String)>>) -> Result<String, String> {
    order.first().map(|_| bank.name).ok_or_else(|| "empty".to_owned())
}

#[tracing::instrument(skip_all)]
#[require_mfa(scope = "transfer")]
#[tracing::instrument]
async fn both(State(bank): State<Bank>) -> String {
    bank.name
}

#[test]
fn instrument_works_above_and_below_the_attribute() {
    let _app: Router = Router::new()
        .route("/above", post(above))
        .route("/below", post(below))
        .route("/both", post(both))
        .with_state(Bank { name: "bank".to_owned() });
}
