//! An enum whose variants are told apart by their fields only.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
#[serde(untagged)]
enum Order {
    Payment { amount: u32 },
    Refund { amount: u32 },
}

fn main() {}
