//! A transfer.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{Bank, forms::Order};
use mfakit::require_mfa;

use crate::{AppError, routes::account, session::Customer};

/// `GET /transfer`
///
/// The form stands on the account's page. But an order that was wrong is answered by that page under this
/// address, and whoever sends it again and is asked for a code comes back to here.
pub(crate) async fn form() -> Redirect {
    Redirect::to("/account")
}

/// `POST /transfer`
///
/// Nobody gets here without a code: until then the order is not even read.
#[require_mfa(scope = "transfer")]
pub(crate) async fn transfer(
    customer: Customer,
    State(bank): State<Bank>,
    Form(order): Form<Order>,
) -> Result<Response, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(wrong) => {
            let page = account::page(&bank, &customer, order, wrong)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
