//! The report, as JSON.

use serde::Serialize;

use crate::accounts::Account;

/// Report on an account, as JSON.
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
