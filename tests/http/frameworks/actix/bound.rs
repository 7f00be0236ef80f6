//! Routes whose value a person approves.
//!
//! The handlers are those of `axum/bound.rs`, written with the extractors of actix-web: each case must run through them.

use actix_web::{
    Error, FromRequest, HttpRequest, Scope,
    dev::Payload,
    error::ErrorConflict,
    web::{self, Data, Form, Json, Query},
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use mfakit::{Approved, ApprovedArgument, MfaRejection, RequireMfa, StepUp, require_mfa};

use super::{Counted, at, look as reading};
use crate::http::{framework::Ledger, payment::Payment};

pub(super) fn routes() -> Scope {
    web::scope("/bound")
        .service(at("/pay", web::post().to(pay)))
        .service(at("/json", web::post().to(json)))
        .service(at("/look", reading().to(look)))
        .service(at("/own", web::post().to(own)))
        .service(at("/inside", web::post().to(inside)))
        .service(at("/other-scope", web::post().to(other_scope)))
        .service(at("/only", web::post().to(only)))
        .service(at("/unbound-only", web::post().to(unbound_only)))
        .service(at("/layer-only", web::post().to(in_layer)).wrap(RequireMfa::scope("orders")))
        .service(at("/in-layer", web::post().to(pay)).wrap(RequireMfa::scope("reports")))
        .service(at("/in-layer-once", web::post().to(pay)).wrap(RequireMfa::scope("reports").once()))
        .service(at("/in-layer-alike", web::post().to(pay)).wrap(RequireMfa::scope("pay")))
        .service(at("/in-layer-alike-once", web::post().to(pay)).wrap(RequireMfa::scope("pay").once()))
        .service(at("/stacked", web::post().to(stacked)))
}

fn paid(payment: &Payment) -> String {
    format!("paid {} to {}", payment.amount, payment.payee)
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn pay(
    Counted(ledger): Counted,
    Approved(approval): Approved,
    #[approve] payment: Form<Payment>,
) -> String {
    ledger.handler_ran();
    format!("{} by {}", paid(&payment), approval.id)
}

#[require_mfa(scope = "pay")]
async fn json(Counted(ledger): Counted, #[approve] payment: Json<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "pay")]
async fn look(Counted(ledger): Counted, #[approve] payment: Query<Payment>) -> String {
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

impl FromRequest for Valid {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payment = Form::<Payment>::from_request(request, payload);
        async move {
            let payment = payment.await.map_err(|_| ErrorConflict("not a payment"))?.into_inner();
            if payment.amount > 1000 { Err(ErrorConflict("too much")) } else { Ok(Self(payment)) }
        }
        .boxed_local()
    }
}

#[require_mfa(scope = "pay")]
async fn own(ledger: Data<Ledger>, #[approve] Valid(payment): Valid) -> String {
    ledger.handler_ran();
    paid(&payment)
}

async fn inside(
    Counted(ledger): Counted,
    step_up: StepUp,
    payment: Form<Payment>,
) -> Result<String, MfaRejection> {
    let (payment, grant) = step_up.approve(payment.into_inner(), RequireMfa::scope("pay")).await?;
    ledger.handler_ran();
    Ok(format!("{} by {}", paid(&payment), grant.approval().expect("the grant is bound").id))
}

#[require_mfa(scope = "settings")]
async fn other_scope(Counted(ledger): Counted, #[approve] payment: Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "orders")]
async fn only(Counted(ledger): Counted, #[approve] payment: Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "orders")]
async fn unbound_only(Counted(ledger): Counted, payment: Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

async fn in_layer(Counted(ledger): Counted, payment: Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}

#[require_mfa(scope = "pay")]
#[require_mfa(scope = "settings")]
async fn stacked(Counted(ledger): Counted, #[approve] payment: Form<Payment>) -> String {
    ledger.handler_ran();
    paid(&payment)
}
