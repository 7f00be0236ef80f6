//! The engine of every recipe.

use mfakit::{Mfa, PhoneNumber, UserId, testing::TestProvider};

pub(crate) fn mfa() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap()
}
