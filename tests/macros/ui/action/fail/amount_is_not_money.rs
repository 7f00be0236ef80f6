//! An amount without a currency.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order {
    #[action(amount)]
    cents: u64,
}

fn main() {}
