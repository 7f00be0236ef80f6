//! A transfer.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Form},
};
use bank::{Bank, forms::Order, pages::AccountPage};
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
/// Nobody gets here without a code: until then the order is not even read.
#[post("/transfer")]
#[require_mfa(scope = "transfer")]
pub(crate) async fn transfer(
    customer: Customer,
    bank: Data<Bank>,
    Form(order): Form<Order>,
) -> Result<HttpResponse, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(see_other("/account")),
        Err(wrong) => {
            let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
            page(StatusCode::UNPROCESSABLE_ENTITY, &AccountPage { account, order, wrong })
        }
    }
}
