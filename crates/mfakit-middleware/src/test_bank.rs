//! Engine of an imaginary bank, for unit tests.

use mfakit_core::{Mfa, PhoneNumber, UserId, testing::TestProvider};

/// Builds an engine for `https://bank.example` with the scope `pay`.
pub(crate) fn bank() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap()
}
