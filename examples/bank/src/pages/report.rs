//! The report, for programs.

use serde::Serialize;

use crate::accounts::Account;

/// What a program is told of an account, as JSON.
#[derive(Debug, Serialize)]
pub struct Report {
    customer: String,
    balance: String,
    entries: usize,
}

impl From<Account> for Report {
    fn from(account: Account) -> Self {
        let (balance, entries) = (account.balance.to_string(), account.statement.len());
        Self { customer: account.id, balance, entries }
    }
}
