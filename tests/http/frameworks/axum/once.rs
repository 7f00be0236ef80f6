//! Routes that use a grant up.

use std::convert::Infallible;

use axum::{
    Form, Router,
    routing::{get, post},
};
use mfakit::{Grant, Refused, RequireMfa, StepUp, require_mfa};

use super::{Counted, Order};
use crate::http::framework::Ledger;

pub(super) fn routes() -> Router<Ledger> {
    let pay = || RequireMfa::scope("pay");
    Router::new()
        .route("/attribute", post(attribute))
        .route("/layer", post(layer).layer(pay().once()))
        .route("/session-layer", post(layer).layer(pay()))
        .route("/inside", post(inside))
        .route("/inside-twice", post(inside_twice))
        .route("/attribute-inside", post(attribute_inside))
        .route("/session-layer-attribute", post(attribute).layer(pay()))
        .route("/layer-session-attribute", post(session).layer(pay().once()))
        .route("/layer-attribute", post(attribute).layer(pay().once()))
        .route("/layer-layer", post(layer).layer::<_, Infallible>(pay().once()).layer(pay().once()))
        .route("/attribute-twice", post(attribute_twice))
        .route("/session-in-once", post(session_in_once))
        .route("/once-in-session", post(once_in_session))
        .route("/look", get(settings))
        .route("/two-scopes", get(settings).layer(RequireMfa::scope("reports").once()))
}

#[require_mfa(scope = "pay", max_age = "5m", once)]
async fn attribute(Counted(ledger): Counted, grant: Grant, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("{} {}", grant.scope(), order.amount)
}

/// Guarded by what is around it.
async fn layer(Counted(ledger): Counted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("paid {}", order.amount)
}

async fn inside(
    Counted(ledger): Counted,
    step_up: StepUp,
    Form(order): Form<Order>,
) -> Result<String, Refused> {
    step_up.require(RequireMfa::scope("pay").once()).await?;
    ledger.handler_ran();
    Ok(format!("paid {}", order.amount))
}

async fn inside_twice(Counted(ledger): Counted, step_up: StepUp) -> Result<&'static str, Refused> {
    step_up.require(RequireMfa::scope("pay").once()).await?;
    step_up.require(RequireMfa::scope("pay").once()).await?;
    ledger.handler_ran();
    Ok("twice")
}

#[require_mfa(scope = "pay", once)]
async fn attribute_inside(Counted(ledger): Counted, step_up: StepUp) -> Result<&'static str, Refused> {
    step_up.require(RequireMfa::scope("pay").once()).await?;
    ledger.handler_ran();
    Ok("twice")
}

#[require_mfa(scope = "pay")]
async fn session(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "session"
}

#[require_mfa(scope = "pay", once)]
#[require_mfa(scope = "pay", once)]
async fn attribute_twice(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "twice"
}

#[require_mfa(scope = "pay")]
#[require_mfa(scope = "pay", once)]
async fn session_in_once(Counted(ledger): Counted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("stacked {}", order.amount)
}

#[require_mfa(scope = "pay", once)]
#[require_mfa(scope = "pay")]
async fn once_in_session(Counted(ledger): Counted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("stacked {}", order.amount)
}

#[require_mfa(scope = "settings", once)]
async fn settings(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "settings"
}
