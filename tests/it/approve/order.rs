//! The value that a person approves.

use mfakit::{Action, action::Money};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Action)]
pub struct Order {
    #[action(amount)]
    pub amount: Money,
    #[action(payee)]
    pub payee: String,
    #[action(line = "Reference")]
    pub reference: String,
    /// Not shown, and still part of what is approved.
    pub account: String,
}
