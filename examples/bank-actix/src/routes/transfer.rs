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
    accounts::Transfer,
    forms::{Order, OrderErrors},
    pages::AccountPage,
};
use mfakit::{ApprovedArgument, require_mfa};

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
/// Each transfer requires a code, which is for this transfer only. This handler runs once the customer has approved exactly
/// the amount and the payee that it receives.
#[post("/transfer")]
#[require_mfa(scope = "transfer")]
pub(crate) async fn send(
    customer: Customer,
    bank: Data<Bank>,
    #[approve] ValidTransfer(transfer): ValidTransfer,
) -> Result<HttpResponse, AppError> {
    match bank.transfer(&customer.id, &transfer) {
        Ok(()) => Ok(see_other("/account")),
        // The transfer was possible when it was extracted, but another has been made in the meantime.
        Err(why) => form_again(&bank, &customer, transfer.into(), why.into()),
    }
}

/// A transfer that was possible when it was extracted.
///
/// The extractor checks the order, and not the handler, because it runs before the customer is prompted for a code, and
/// before the grant is consumed. An order with a typo therefore costs no code.
pub(crate) struct ValidTransfer(Transfer);

impl ApprovedArgument for ValidTransfer {
    type Action = Transfer;

    fn action(&self) -> &Transfer {
        &self.0
    }

    fn of_action(transfer: Transfer) -> Self {
        Self(transfer)
    }
}

impl FromRequest for ValidTransfer {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = <(Customer, Data<Bank>, Form<Order>)>::from_request(request, payload);
        Box::pin(async move {
            let (customer, bank, Form(order)) = parts.await?;
            match order.transfer(&bank, &customer.id) {
                Ok(transfer) => Ok(Self(transfer)),
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
