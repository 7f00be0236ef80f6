//! The engine of every recipe.

use mfakit::{
    Mfa, PhoneNumber, UserId,
    testing::{Events, TestProvider},
};

/// Returns an engine and its events.
pub(crate) fn mfa() -> (Mfa, Events) {
    let events = Events::new();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .login_url("/login")
        .observer(events.clone())
        .build()
        .unwrap();
    (mfa, events)
}
