//! Routes that consume a grant.
//!
//! The handlers are those of `axum/once.rs`, written with the extractors of actix-web: each case must run through them.

use actix_web::{
    Error, HttpRequest, Scope,
    web::{self, Either, Form},
};
use mfakit::{Granted, MfaRejection, RequireMfa, StepUp, require_mfa};

use super::{Counted, Order, at, look};

pub(super) fn routes() -> Scope {
    let pay = || RequireMfa::scope("pay");
    web::scope("/once")
        .service(at("/attribute", web::post().to(attribute)))
        .service(at("/layer", web::post().to(layer)).wrap(pay().once()))
        .service(at("/session-layer", web::post().to(layer)).wrap(pay()))
        .service(at("/layer-option", web::post().to(option)).wrap(pay()))
        .service(at("/layer-result", web::post().to(result)).wrap(pay()))
        .service(at("/layer-either", web::post().to(either)).wrap(pay()))
        .service(at("/inside", web::post().to(inside)))
        .service(at("/inside-twice", web::post().to(inside_twice)))
        .service(at("/attribute-inside", web::post().to(attribute_inside)))
        .service(at("/session-layer-attribute", web::post().to(attribute)).wrap(pay()))
        .service(at("/layer-session-attribute", web::post().to(session)).wrap(pay().once()))
        .service(at("/layer-attribute", web::post().to(attribute)).wrap(pay().once()))
        .service(at("/layer-layer", web::post().to(layer)).wrap(pay().once()).wrap(pay().once()))
        .service(at("/attribute-twice", web::post().to(attribute_twice)))
        .service(at("/session-in-once", web::post().to(session_in_once)))
        .service(at("/once-in-session", web::post().to(once_in_session)))
        .service(at("/look", look().to(settings)))
        .service(at("/two-scopes", look().to(settings)).wrap(RequireMfa::scope("reports").once()))
}

#[require_mfa(scope = "pay", max_age = "5m", once)]
async fn attribute(Counted(ledger): Counted, Granted(grant): Granted, order: Form<Order>) -> String {
    ledger.handler_ran();
    format!("{} {}", grant.scope(), order.amount)
}

/// Handler that the layer around it guards.
async fn layer(Counted(ledger): Counted, order: Form<Order>) -> String {
    ledger.handler_ran();
    format!("paid {}", order.amount)
}

/// Treats a body that cannot be read as none.
async fn option(Counted(ledger): Counted, order: Option<Form<Order>>) -> String {
    ledger.handler_ran();
    format!("paid {:?}", order.map(|order| order.amount))
}

/// Turns a body that cannot be read into its own error.
async fn result(Counted(ledger): Counted, order: Result<Form<Order>, Error>) -> String {
    ledger.handler_ran();
    format!("paid {:?}", order.map(|order| order.amount).ok())
}

/// Treats a body that cannot be read as one of another type.
async fn either(Counted(ledger): Counted, order: Either<Form<Order>, HttpRequest>) -> String {
    ledger.handler_ran();
    match order {
        Either::Left(order) => format!("paid {}", order.amount),
        Either::Right(_) => "something else".to_owned(),
    }
}

async fn inside(
    Counted(ledger): Counted,
    step_up: StepUp,
    order: Form<Order>,
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
async fn session_in_once(Counted(ledger): Counted, order: Form<Order>) -> String {
    ledger.handler_ran();
    format!("stacked {}", order.amount)
}

#[require_mfa(scope = "pay", once)]
#[require_mfa(scope = "pay")]
async fn once_in_session(Counted(ledger): Counted, order: Form<Order>) -> String {
    ledger.handler_ran();
    format!("stacked {}", order.amount)
}

#[require_mfa(scope = "settings", once)]
async fn settings(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "settings"
}
