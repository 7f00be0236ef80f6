//! Fields with more values than their part in the words has.

use mfakit::{Action, action::Money};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Batch {
    #[action(amount)]
    amounts: Vec<Money>,
    #[action(payee)]
    payees: Vec<String>,
    #[action(line)]
    references: Option<Vec<String>>,
    #[action(line)]
    notes: Vec<Option<String>>,
    #[action(line)]
    tables: Vec<Vec<String>>,
}

fn main() {}
