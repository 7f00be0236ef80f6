//! Engine of tests that need no more than one scope and one number.

use mfakit::{Mfa, PhoneNumber, UserId, testing::TestProvider};

/// Returns a new engine with the scope `pay`.
pub(crate) fn mfa() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap()
}
