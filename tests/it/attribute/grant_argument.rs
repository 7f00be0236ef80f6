//! `Grant` as an argument: first, between others, before a body, alone, and borrowed.

use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use mfakit::{Grant, Granted, require_mfa};

#[derive(Clone)]
struct Bank;

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn alone(Granted(grant): Granted) -> String {
    grant.scope().to_string()
}

#[require_mfa(scope = "transfer")]
async fn first(
    Granted(grant): Granted,
    State(_bank): State<Bank>,
    Form(order): Form<Vec<(String, String)>>,
) -> String {
    format!("{} fields by {}", order.len(), grant.channel())
}

#[require_mfa(scope = "transfer")]
async fn between(State(_bank): State<Bank>, Granted(grant): Granted, Json(order): Json<Vec<u64>>) -> String {
    format!("{order:?} at {}", grant.verified_at().as_secs())
}

#[require_mfa(scope = "transfer")]
async fn before_a_text(Granted(mut grants): Granted, body: String) -> String {
    let proof: &mut Grant = &mut grants;
    format!("{} {:?}", body, proof.amr())
}

#[require_mfa(scope = "reports")]
#[require_mfa(scope = "transfer")]
async fn under_two_guards(Granted(grant): Granted) -> Result<Json<u64>, String> {
    if grant.scope().as_str() == "transfer" {
        Ok(Json(grant.expires_at().as_secs()))
    } else {
        Err(String::new())
    }
}

#[test]
fn the_grant_is_an_argument_like_any_other() {
    let _app: Router = Router::new()
        .route("/alone", get(alone))
        .route("/first", post(first))
        .route("/between", post(between))
        .route("/text", post(before_a_text))
        .route("/two", get(under_two_guards))
        .with_state(Bank);
}
