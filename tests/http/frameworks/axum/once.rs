//! Routes that consume a grant.
//!
//! The handlers are those of `actix/once.rs`, written with the extractors of axum: each case must run through them.

use std::convert::Infallible;

use axum::{
    Form, Router,
    extract::{FromRequest, Request, rejection::FormRejection},
    routing::{get, post},
};
use mfakit::{Granted, MfaRejection, RequireMfa, StepUp, require_mfa};

use super::{Counted, Order};
use crate::http::framework::Ledger;

pub(super) fn routes() -> Router<Ledger> {
    let pay = || RequireMfa::scope("pay");
    Router::new()
        .route("/attribute", post(attribute))
        .route("/layer", post(layer).layer(pay().once()))
        .route("/session-layer", post(layer).layer(pay()))
        .route("/layer-option", post(option).layer(pay()))
        .route("/layer-result", post(result).layer(pay()))
        .route("/layer-either", post(either).layer(pay()))
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
async fn attribute(Counted(ledger): Counted, Granted(grant): Granted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("{} {}", grant.scope(), order.amount)
}

/// Handler that the layer around it guards.
async fn layer(Counted(ledger): Counted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("paid {}", order.amount)
}

/// Extractor that treats a body that cannot be read as none.
struct Maybe(Option<u32>);

impl FromRequest<Ledger> for Maybe {
    type Rejection = Infallible;

    async fn from_request(request: Request, ledger: &Ledger) -> Result<Self, Infallible> {
        let order = Form::<Order>::from_request(request, ledger).await;
        Ok(Self(order.ok().map(|Form(order)| order.amount)))
    }
}

async fn option(Counted(ledger): Counted, Maybe(amount): Maybe) -> String {
    ledger.handler_ran();
    format!("paid {amount:?}")
}

/// Turns a body that cannot be read into its own error.
async fn result(Counted(ledger): Counted, order: Result<Form<Order>, FormRejection>) -> String {
    ledger.handler_ran();
    format!("paid {:?}", order.map(|Form(order)| order.amount).ok())
}

/// Extractor that treats a body that cannot be read as one of another type.
enum Either {
    Order(u32),
    Other,
}

impl FromRequest<Ledger> for Either {
    type Rejection = Infallible;

    async fn from_request(request: Request, ledger: &Ledger) -> Result<Self, Infallible> {
        // In a separate task, which the guard does not poll.
        let ledger = ledger.clone();
        let order = tokio::spawn(async move { Form::<Order>::from_request(request, &ledger).await });
        Ok(order.await.unwrap().map_or(Self::Other, |Form(order)| Self::Order(order.amount)))
    }
}

async fn either(Counted(ledger): Counted, order: Either) -> String {
    ledger.handler_ran();
    match order {
        Either::Order(amount) => format!("paid {amount}"),
        Either::Other => "something else".to_owned(),
    }
}

async fn inside(
    Counted(ledger): Counted,
    step_up: StepUp,
    Form(order): Form<Order>,
) -> Result<String, MfaRejection> {
    step_up.require(RequireMfa::scope("pay").once()).await?;
    ledger.handler_ran();
    Ok(format!("paid {}", order.amount))
}

async fn inside_twice(Counted(ledger): Counted, step_up: StepUp) -> Result<&'static str, MfaRejection> {
    step_up.require(RequireMfa::scope("pay").once()).await?;
    step_up.require(RequireMfa::scope("pay").once()).await?;
    ledger.handler_ran();
    Ok("twice")
}

#[require_mfa(scope = "pay", once)]
async fn attribute_inside(Counted(ledger): Counted, step_up: StepUp) -> Result<&'static str, MfaRejection> {
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
