//! Configuration of the engine.

use mfakit::{Channel, DeclaredScope, Messages, Mfa, MfaBuilder, MfaProvider, Theme};

use crate::Bank;

/// Returns the builder for the engine of a bank at this port of this machine.
///
/// The engine keeps challenges and grants in memory, unless it is [shared](crate::Shared::engine). Tests can set a
/// clock with [`clock`](mfakit::MfaBuilder::clock).
pub fn step_up(provider: impl MfaProvider, port: u16, bank: &Bank) -> MfaBuilder {
    let country_for = |channel| provider.supports(channel).then_some("US");
    let (messaging_to, voice_to) = (country_for(Channel::Messaging), country_for(Channel::Voice));
    Mfa::builder(provider, format!("http://127.0.0.1:{port}"))
        .origin_aliases([format!("http://localhost:{port}")])
        .name("Example Bank")
        // A call names the currency.
        .messages(Messages::english().currency("USD", "US dollars"))
        .theme(Theme::new().logo("/bank.svg").accent("#0f766e", "#5eead4").home("/account"))
        // Each code for a transfer is for one amount and payee.
        .declare(DeclaredScope::new("transfer", "make a transfer").bound())
        .scope("settings", "change your settings")
        .scope("reports", "see the reports")
        .login_url("/login")
        // Customers add, replace and remove their number at /mfa/number.
        .number_book(bank.clone())
        // Those who lose their phone replace its number there with a recovery code.
        .recovery(bank.clone())
        .messaging_to(messaging_to)
        .voice_to(voice_to)
}
