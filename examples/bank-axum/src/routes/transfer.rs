//! Transfers.

use axum::{
    Form, RequestExt,
    extract::{FromRequest, Request, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{
    Bank,
    forms::{Order, OrderErrors},
};
use mfakit::require_mfa;

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
/// Each transfer requires a code. Without one, this handler does not run, and the order is not read.
#[require_mfa(scope = "transfer", once)]
pub(crate) async fn transfer(
    customer: Customer,
    State(bank): State<Bank>,
    ValidOrder(order): ValidOrder,
) -> Result<Response, AppError> {
    match order.carry_out(&bank, &customer.id) {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        // The order was valid when it was extracted, but another transfer has been made in the meantime.
        Err(wrong) => form_again(&bank, &customer, order, wrong),
    }
}

/// An order that was valid when it was extracted.
///
/// The extractor checks the order, and not the handler, because the grant is consumed between the two. An order with
/// a typo therefore consumes no grant.
pub(crate) struct ValidOrder(Order);

impl FromRequest<App> for ValidOrder {
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

fn form_again(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: OrderErrors,
) -> Result<Response, AppError> {
    let page = account::page(bank, customer, order, wrong)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
