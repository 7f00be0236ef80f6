//! A payee that cannot be shown.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Account(u64);

#[derive(Serialize, Deserialize, Action)]
struct Order {
    #[action(payee)]
    payee: Account,
    #[action(line)]
    from: Account,
}

fn main() {}
