//! Two requirements on one handler: the upper one is checked last, and both must hold.

use axum::Router;
use axum::extract::{Form, State};
use axum::routing::{get, post};
use mfakit::require_mfa;

#[require_mfa(scope = "login", max_age = "1h")]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(State(bank): State<u8>, Form(order): Form<Vec<(String, String)>>) -> String {
    format!("{bank}{order:?}")
}

#[require_mfa(scope = "first")]
#[require_mfa(scope = "second")]
#[require_mfa(scope = "third")]
async fn nothing() {}

#[test]
fn a_handler_can_have_several_requirements() {
    let _app: Router =
        Router::new().route("/transfer", post(transfer)).route("/nothing", get(nothing)).with_state(1);
}
