//! Engine whose provider does nothing, so that the store is what takes the time.

use std::time::Duration;

use async_trait::async_trait;
use mfakit::{
    Channel, Mfa, MfaBuilder, MfaProvider, MfaStore, PhoneNumber, Policy, Secret, UserId,
    policy::Limit,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
};

/// Provider that sends nothing and approves everything at once.
#[derive(Debug)]
struct AtOnce;

#[async_trait]
impl MfaProvider for AtOnce {
    fn supports(&self, _: Channel) -> bool {
        true
    }

    async fn send(&self, _: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        Ok(SendReceipt::new(""))
    }

    async fn verify(&self, _: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        Ok(Verdict::Approved)
    }
}

/// Returns the default limits, with room for many users in one block of numbers.
pub(crate) fn policy() -> Policy {
    Policy::default().sends_per_block([Limit::new(1000, Duration::from_secs(60))])
}

/// Returns the builder of an engine whose users have a number each.
pub(crate) fn builder(store: impl MfaStore) -> MfaBuilder {
    Mfa::builder(AtOnce, "https://bank.example")
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
