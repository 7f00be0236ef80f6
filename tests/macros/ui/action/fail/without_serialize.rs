//! A value without serde's traits.

use mfakit::Action;

#[derive(Action)]
struct Order {
    #[action(payee)]
    payee: String,
}

fn main() {}
