//! Routes whose value a person approves.
//!
//! The handlers are those of `actix/bound.rs`, written with the extractors of axum: each case must run through them.

use axum::{
    Form, Json, Router,
    extract::{FromRequest, Query, Request, State},
    http::StatusCode,
    routing::{get, post},
};
use mfakit::{Approved, ApprovedArgument, MfaRejection, RequireMfa, StepUp, require_mfa};

use super::Counted;
use crate::http::{framework::Ledger, payment::Payment};

pub(super) fn routes() -> Router<Ledger> {
    Router::new()
        .route("/pay", post(pay))
        .route("/json", post(json))
        .route("/look", get(look))
        .route("/own", post(own))
        .route("/inside", post(inside))
        .route("/other-scope", post(other_scope))
        .route("/only", post(only))
        .route("/unbound-only", post(unbound_only))
        .route("/layer-only", post(in_layer).layer(RequireMfa::scope("orders")))
        .route("/in-layer", post(pay).layer(RequireMfa::scope("reports")))
        .route("/in-layer-once", post(pay).layer(RequireMfa::scope("reports").once()))
        .route("/in-layer-alike", post(pay).layer(RequireMfa::scope("pay")))
        .route("/in-layer-alike-once", post(pay).layer(RequireMfa::scope("pay").once()))
        .route("/stacked", post(stacked))
}

fn paid(payment: &Payment) -> String {
    format!("paid {} to {}", payment.amount, payment.payee)
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn pay(
    Counted(ledger): Counted,
    Approved(approval): Approved,
    #[approve] Form(payment): Form<Payment>,
) -> String {
    ledger.handler_ran();
    format!("{} by {}", paid(&payment), approval.id)
}

#[require_mfa(scope = "pay")]
async fn json(Counted(ledger): Counted, #[approve] Json(payment): Json<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "pay")]
async fn look(Counted(ledger): Counted, #[approve] Query(payment): Query<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

/// Extractor of the app, with a rejection of its own.
struct Valid(Payment);

impl ApprovedArgument for Valid {
    type Action = Payment;

    fn action(&self) -> &Payment {
        &self.0
    }

    fn of_action(payment: Payment) -> Self {
        Self(payment)
    }
}

impl FromRequest<Ledger> for Valid {
    type Rejection = StatusCode;

    async fn from_request(request: Request, ledger: &Ledger) -> Result<Self, StatusCode> {
        let payment = Form::<Payment>::from_request(request, ledger).await;
        let Form(payment) = payment.map_err(|_| StatusCode::CONFLICT)?;
        if payment.amount > 1000 { Err(StatusCode::CONFLICT) } else { Ok(Self(payment)) }
    }
}

#[require_mfa(scope = "pay")]
async fn own(State(ledger): State<Ledger>, #[approve] Valid(payment): Valid) -> String {
    ledger.handler_ran();
    paid(&payment)
}

async fn inside(
    Counted(ledger): Counted,
    step_up: StepUp,
    Form(payment): Form<Payment>,
) -> Result<String, MfaRejection> {
    let (payment, grant) = step_up.approve(payment, RequireMfa::scope("pay")).await?;
    ledger.handler_ran();
    Ok(format!("{} by {}", paid(&payment), grant.approval().expect("the grant is bound").id))
}

#[require_mfa(scope = "settings")]
async fn other_scope(Counted(ledger): Counted, #[approve] Form(payment): Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "orders")]
async fn only(Counted(ledger): Counted, #[approve] Form(payment): Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "orders")]
async fn unbound_only(Counted(ledger): Counted, Form(payment): Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

async fn in_layer(Counted(ledger): Counted, Form(payment): Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "pay")]
#[require_mfa(scope = "settings")]
async fn stacked(Counted(ledger): Counted, #[approve] Form(payment): Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}
