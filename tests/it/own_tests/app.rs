//! Settings of the app, which its program and its tests share.

use std::convert::Infallible;

use mfakit::{Mfa, MfaBuilder, MfaProvider, PhoneNumber, UserId};

#[allow(unreachable_pub, reason = "the page shows it as an app writes it")]
pub fn step_up(provider: impl MfaProvider, origin: &str) -> MfaBuilder {
    Mfa::builder(provider, origin)
        .scope("transfer", "make a transfer")
        .scope("settings", "change your settings")
        .directory(phone_book)
        .messaging_to(["US"])
        .login_url("/login")
}

async fn phone_book(_: UserId) -> Result<Option<PhoneNumber>, Infallible> {
    Ok(PhoneNumber::new("+19195551234").ok())
}
