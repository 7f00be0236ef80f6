//! Handlers with an approved argument: its position, generics, other attributes, and the most arguments.

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::Method,
    routing::{get, post},
};
use mfakit::{
    Granted,
    action::{Action, Words},
    require_mfa,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(self.payee.as_str())
    }
}

#[require_mfa(scope = "transfer")]
#[axum::debug_handler]
async fn alone(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

/// The option `once` is implied, and may be written.
#[require_mfa(scope = "transfer", max_age = "5m", once)]
#[axum::debug_handler(state = u8)]
async fn last(
    State(_): State<u8>,
    Granted(grant): Granted,
    #[approve]
    #[expect(unused_variables)]
    Json(Order { payee }): Json<Order>,
) -> String {
    grant.scope().to_string()
}

#[require_mfa(scope = "transfer")]
#[axum::debug_handler]
async fn query(#[approve] order: Query<Order>) -> String {
    order.0.payee
}

#[tracing::instrument(skip_all)]
#[require_mfa(scope = "transfer")]
async fn instrument_above(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "transfer")]
#[tracing::instrument(skip_all)]
async fn instrument_below(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "transfer")]
async fn generic<A: Action + 'static>(#[approve] Form(_): Form<A>) -> &'static str {
    "generic"
}

struct Handlers<A>(std::marker::PhantomData<A>);

impl<A: Action + 'static> Handlers<A> {
    #[require_mfa(scope = "transfer")]
    async fn transfer(State(_): State<u8>, #[approve] Json(_): Json<A>) -> &'static str {
        "associated"
    }
}

type M = Method;

#[require_mfa(scope = "transfer")]
async fn most(
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    #[approve] Form(order): Form<Order>,
) -> String {
    order.payee
}

/// A marked argument belongs to the highest attribute.
#[require_mfa(scope = "transfer")]
#[require_mfa(scope = "settings")]
async fn stacked(method: Method, #[approve] Form(order): Form<Order>) -> String {
    format!("{method} {}", order.payee)
}

#[test]
fn handlers_with_an_approved_argument_are_handlers() {
    let _app: Router = Router::new()
        .route("/alone", post(alone))
        .route("/last", post(last))
        .route("/query", get(query))
        .route("/instrument-above", post(instrument_above))
        .route("/instrument-below", post(instrument_below))
        .route("/generic", post(generic::<Order>))
        .route("/associated", post(Handlers::<Order>::transfer))
        .route("/most", post(most))
        .route("/stacked", post(stacked))
        .with_state(0);
}
