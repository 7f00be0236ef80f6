//! Options that do not exist.

use mfakit::{Action, action::Money};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
#[action(scope = "transfer")]
struct Order {
    #[action(amuont)]
    amount: Money,
    #[action(line = Reference)]
    reference: String,
}

fn main() {}
