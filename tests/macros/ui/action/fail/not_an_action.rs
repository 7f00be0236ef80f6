//! A value without the derive.

use mfakit::{Scope, action::digest_of};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
}

fn main() {
    let order = Order { payee: "ACME Ltd".into() };
    let _ = digest_of(&Scope::new("transfer").unwrap(), &order);
}
