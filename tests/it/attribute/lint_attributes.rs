//! `#[allow]` and `#[expect]` on arguments keep their effect, and the generated code causes no warnings.

#![deny(warnings, unused, unfulfilled_lint_expectations)]

use axum::Router;
use axum::extract::{Form, State};
use axum::routing::post;
use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn allowed(#[allow(unused_variables)] State(bank): State<u8>, body: String) -> String {
    body
}

#[require_mfa(scope = "transfer")]
async fn expected(
    #[expect(unused_variables)] State(bank): State<u8>,
    #[expect(unused_variables)] Form(order): Form<Vec<(String, String)>>,
) {
}

#[allow(unused_variables)]
#[require_mfa(scope = "transfer")]
#[must_use]
async fn above(State(bank): State<u8>) -> String {
    String::new()
}

#[cfg_attr(all(), require_mfa(scope = "transfer"))]
async fn conditional() {}

#[test]
fn lint_attributes_on_arguments_keep_their_effect() {
    let _app: Router = Router::new()
        .route("/allowed", post(allowed))
        .route("/expected", post(expected))
        .route("/above", post(above))
        .route("/conditional", post(conditional))
        .with_state(1);
}
