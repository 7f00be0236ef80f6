//! A transfer.

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
    forms::{Order, Wrong},
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
/// The form stands on the account's page. But an order that was wrong is answered by that page under this
/// address, and whoever sends it again and is asked for a code comes back to here.
#[get("/transfer")]
pub(crate) async fn form() -> HttpResponse {
    see_other("/account")
}

/// `POST /transfer`
///
/// A code is good for one transfer. Nobody gets here without one, and until then the order is not even read.
#[post("/transfer")]
#[require_mfa(scope = "transfer", once)]
pub(crate) async fn transfer(
    customer: Customer,
    bank: Data<Bank>,
    SoundOrder(order): SoundOrder,
) -> Result<HttpResponse, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(see_other("/account")),
        // It was sound a moment ago: another transfer came in between.
        Err(wrong) => form_again(&bank, &customer, order, wrong),
    }
}

/// An order that can be carried out, as far as can be told beforehand.
///
/// It is the extractor that looks for mistakes, and not the handler, because a code is used up between the two:
/// an order with a typo costs none.
pub(crate) struct SoundOrder(Order);

impl FromRequest for SoundOrder {
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
                    Err(InternalError::from_response("an order that cannot be", response).into())
                }
            }
        })
    }
}

fn form_again(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: Wrong,
) -> Result<HttpResponse, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    page(StatusCode::UNPROCESSABLE_ENTITY, &AccountPage { account, order, wrong })
}
