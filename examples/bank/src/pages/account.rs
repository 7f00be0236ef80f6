//! The account.

use askama::Template;

use crate::{
    accounts::{Account, Entry},
    forms::{Order, Wrong},
};

/// The account: what is in it, what happened to it, and the form of a transfer.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// The account.
    pub account: Account,
    /// What is in the form.
    pub order: Order,
    /// What is wrong with that.
    pub wrong: Wrong,
}
