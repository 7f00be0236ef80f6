//! The engine of every recipe.

use mfakit::{
    Mfa, MfaBuilder, PhoneNumber, UserId,
    testing::{Events, TestProvider},
};

/// Returns the settings of the engine.
pub(crate) fn builder(provider: TestProvider) -> MfaBuilder {
    Mfa::builder(provider, "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .login_url("/login")
}

/// Returns an engine and its events.
pub(crate) fn mfa() -> (Mfa, Events) {
    let events = Events::new();
    let mfa = builder(TestProvider::new()).observer(events.clone()).build().unwrap();
    (mfa, events)
}
