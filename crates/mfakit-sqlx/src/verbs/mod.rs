//! Verbs of the store: each reads a row, applies itself to the ledger in it, and writes the row back.

pub(crate) mod budgets;
mod ledger;
pub(crate) mod users;
