//! A value that borrows.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order<'a> {
    #[serde(borrow)]
    payee: &'a str,
}

fn main() {}
