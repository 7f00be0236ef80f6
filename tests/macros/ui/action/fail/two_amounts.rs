//! Two amounts and two payees.

use mfakit::{Action, action::Money};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order {
    #[action(amount)]
    amount: Money,
    #[action(amount)]
    fee: Money,
    #[action(payee)]
    first: String,
    #[action(payee)]
    second: String,
}

fn main() {}
