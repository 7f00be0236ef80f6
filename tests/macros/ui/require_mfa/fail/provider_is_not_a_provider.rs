//! The origin before the provider.

use mfakit::{Mfa, MfaBuilder};

fn example() -> MfaBuilder {
    Mfa::builder("https://bank.example", "account")
}

fn main() {}
