//! Transfers.

use axum::{
    Form, RequestExt,
    extract::{FromRequest, Request, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{
    Bank,
    accounts::Transfer,
    forms::{Order, OrderErrors},
};
use mfakit::{ApprovedArgument, require_mfa};

use crate::{App, AppError, routes::account, session::Customer};

/// `GET /transfer`
///
/// Redirects to the account page, which has the form. An order with errors is answered with that page under this URL.
/// If it is sent again and the customer is prompted for a code, the browser returns to this URL afterwards.
pub(crate) async fn form() -> Redirect {
    Redirect::to("/account")
}

/// `POST /transfer`
///
/// Each transfer requires a code, which is for this transfer only. This handler runs once the customer has approved exactly
/// the amount and the payee that it receives.
#[require_mfa(scope = "transfer")]
pub(crate) async fn send(
    customer: Customer,
    State(bank): State<Bank>,
    #[approve] ValidTransfer(transfer): ValidTransfer,
) -> Result<Response, AppError> {
    match bank.transfer(&customer.id, &transfer) {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
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

impl FromRequest<App> for ValidTransfer {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        let customer: Customer = request.extract_parts_with_state(app).await?;
        let Form(order) = request.extract_with_state(app).await.map_err(FormRejection::into_response)?;
        match Order::transfer(&order, &app.bank, &customer.id) {
            Ok(transfer) => Ok(Self(transfer)),
            Err(wrong) => Err(form_again(&app.bank, &customer, order, wrong).into_response()),
        }
    }
}

fn form_again(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: OrderErrors,
) -> Result<Response, AppError> {
    let page = account::page(bank, customer, order, wrong)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
