//! Items of a line that cannot be shown.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Account(u64);

#[derive(Serialize, Deserialize, Action)]
struct Batch {
    #[action(line)]
    accounts: Vec<Account>,
}

fn main() {}
