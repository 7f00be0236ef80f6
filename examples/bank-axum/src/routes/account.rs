//! The account page: balance, statement, and the form for a transfer.

use axum::{extract::State, response::IntoResponse};
use bank::{
    Bank,
    forms::{Order, OrderErrors},
    pages::AccountPage,
};

use crate::{AppError, page::Page, session::Customer};

/// `GET /account`
pub(crate) async fn show(
    customer: Customer,
    State(bank): State<Bank>,
) -> Result<impl IntoResponse, AppError> {
    page(&bank, &customer, Order::default(), OrderErrors::default())
}

/// Returns the account page with an order and its errors in the form.
pub(crate) fn page(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: OrderErrors,
) -> Result<impl IntoResponse + use<>, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    Ok(Page(AccountPage { account, order, wrong }))
}
