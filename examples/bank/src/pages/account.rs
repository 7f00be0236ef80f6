//! The account page.

use askama::Template;

use crate::{
    accounts::{Account, Entry},
    forms::{Order, OrderErrors},
};

/// The account page: balance, statement, and the form for a transfer.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// The account.
    pub account: Account,
    /// Contents of the form.
    pub order: Order,
    /// Errors in the form.
    pub wrong: OrderErrors,
}
