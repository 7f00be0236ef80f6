//! Engine whose provider does nothing, so that the store is what takes the time.

use std::time::Duration;

use mfakit::{Mfa, MfaBuilder, MfaStore, PhoneNumber, Policy, Secret, UserId, policy::Limit};

use crate::instant_provider::InstantProvider;

/// Returns the default limits, with room for many users in one block of numbers.
pub(crate) fn policy() -> Policy {
    Policy::default().sends_per_block([Limit::new(1000, Duration::from_secs(60))])
}

/// Returns the builder of an engine whose users have a number each.
pub(crate) fn builder(store: impl MfaStore) -> MfaBuilder {
    Mfa::builder(InstantProvider, "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |user: UserId| {
            let user: u32 = user.as_str().parse().unwrap();
            PhoneNumber::new(format!("+1919{:07}", 2_000_000 + 97 * user)).map(Some)
        })
        .messaging_to(["US"])
        .store(store)
        .secret(Secret::new("a secret for a benchmark, and for nothing else").unwrap())
        .observer(Silent)
}

struct Silent;

impl mfakit::Observer for Silent {
    fn observe(&self, _: &mfakit::event::Event<'_>) {}
}
