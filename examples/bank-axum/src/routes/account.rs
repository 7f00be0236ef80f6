//! The account: what is in it, what happened to it, and the form of a transfer.

use axum::{extract::State, response::IntoResponse};
use bank::{
    Bank,
    forms::{Order, Wrong},
    pages::AccountPage,
};

use crate::{AppError, page::Page, session::Customer};

/// `GET /account`
pub(crate) async fn show(
    customer: Customer,
    State(bank): State<Bank>,
) -> Result<impl IntoResponse, AppError> {
    page(&bank, &customer, Order::default(), Wrong::default())
}

/// The account with an order in the form, and what is wrong with it.
pub(crate) fn page(
    bank: &Bank,
    customer: &Customer,
    order: Order,
    wrong: Wrong,
) -> Result<impl IntoResponse + use<>, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    Ok(Page(AccountPage { account, order, wrong }))
}
