//! Transfers.

use std::pin::Pin;

use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    error::InternalError,
    get,
    http::StatusCode,
    post,
    web::{Data, Form},
};
use bank::{
    Bank,
    forms::{Order, OrderErrors},
    pages::AccountPage,
};
use mfakit::require_mfa;

use crate::{
    AppError,
    page::{page, see_other},
    session::Customer,
};

/// `GET /transfer`
///
/// Redirects to the account page, which has the form. An order with errors is answered with that page under this URL.
/// If it is sent again and the customer is prompted for a code, the browser returns to this URL afterwards.
#[get("/transfer")]
pub(crate) async fn form() -> HttpResponse {
    see_other("/account")
}

/// `POST /transfer`
///
/// Each transfer requires a code. Without one, this handler does not run, and the order is not read.
#[post("/transfer")]
#[require_mfa(scope = "transfer", once)]
pub(crate) async fn transfer(
    customer: Customer,
    bank: Data<Bank>,
    ValidOrder(order): ValidOrder,
) -> Result<HttpResponse, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(see_other("/account")),
        // The order was valid when it was extracted, but another transfer has been made in the meantime.
        Err(wrong) => form_again(&bank, &customer, order, wrong),
    }
}

/// An order that was valid when it was extracted.
///
/// The extractor checks the order, and not the handler, because the grant is consumed between the two. An order with
/// a typo therefore consumes no grant.
pub(crate) struct ValidOrder(Order);

impl FromRequest for ValidOrder {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = <(Customer, Data<Bank>, Form<Order>)>::from_request(request, payload);
        Box::pin(async move {
            let (customer, bank, Form(order)) = parts.await?;
            match order.check(&bank, &customer.id) {
                Ok(()) => Ok(Self(order)),
                Err(wrong) => {
                    let response = form_again(&bank, &customer, order, wrong)?;
                    Err(InternalError::from_response("the order is not valid", response).into())
                }
            }
        })
    }
}

fn form_again(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: OrderErrors,
) -> Result<HttpResponse, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    page(StatusCode::UNPROCESSABLE_ENTITY, &AccountPage { account, order, wrong })
}
