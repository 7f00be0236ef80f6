//! A transfer.

use axum::{
    Form, RequestExt,
    extract::{FromRequest, Request, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{
    Bank,
    forms::{Order, Wrong},
};
use mfakit::require_mfa;

use crate::{App, AppError, routes::account, session::Customer};

/// `GET /transfer`
///
/// The form stands on the account's page. But an order that was wrong is answered by that page under this
/// address, and whoever sends it again and is asked for a code comes back to here.
pub(crate) async fn form() -> Redirect {
    Redirect::to("/account")
}

/// `POST /transfer`
///
/// A code is good for one transfer. Nobody gets here without one, and until then the order is not even read.
#[require_mfa(scope = "transfer", once)]
pub(crate) async fn transfer(
    customer: Customer,
    State(bank): State<Bank>,
    SoundOrder(order): SoundOrder,
) -> Result<Response, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        // It was sound a moment ago: another transfer came in between.
        Err(wrong) => form_again(&bank, &customer, order, wrong),
    }
}

/// An order that can be carried out, as far as can be told beforehand.
///
/// It is the extractor that looks for mistakes, and not the handler, because a code is used up between the two:
/// an order with a typo costs none.
pub(crate) struct SoundOrder(Order);

impl FromRequest<App> for SoundOrder {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        let customer: Customer = request.extract_parts_with_state(app).await?;
        let Form(order) = request.extract_with_state(app).await.map_err(FormRejection::into_response)?;
        match Order::check(&order, &app.bank, &customer.id) {
            Ok(()) => Ok(Self(order)),
            Err(wrong) => Err(form_again(&app.bank, &customer, order, wrong).into_response()),
        }
    }
}

fn form_again(bank: &Bank, customer: &Customer, order: Order, wrong: Wrong) -> Result<Response, AppError> {
    let page = account::page(bank, customer, order, wrong)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
