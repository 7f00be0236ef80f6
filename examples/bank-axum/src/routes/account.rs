//! The account: what is in it, what happened to it, and the form of a transfer.

use askama::Template;
use axum::{extract::State, response::IntoResponse};

use crate::{
    AppError, Bank,
    bank::{Account, Entry},
    page::Page,
    routes::transfer::Order,
    session::Customer,
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    account: Account,
    order: Order,
    wrong: Wrong,
}

/// What is wrong with an order, for the field it is about.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) amount: Option<String>,
    pub(crate) payee: Option<String>,
}

impl Wrong {
    fn anything(&self) -> bool {
        self.amount.is_some() || self.payee.is_some()
    }
}

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
