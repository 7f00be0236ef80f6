//! Client of Bandwidth's MFA API against a scripted server, which records its calls.

// Clippy allows `#[test]` functions to unwrap and index. Their shared functions do so for the same reason.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod calls;
mod health;
mod logs;
mod notices;
mod once;
mod proxies;
mod server;
mod tokens;

use std::time::Duration;

use mfakit_core::{
    Channel, Code, MfaProvider, PhoneNumber,
    bandwidth::{Bandwidth, BandwidthBuilder, Credentials},
    provider::{ProviderError, ProviderScope, SendReceipt, SendRequest, Verdict, VerifyRequest},
};
use server::{Act, Call, Server};

const MESSAGE: &str = "Your code to make a transfer is {CODE}.";

/// Returns a client with a user name and a password. Its timeout for a call is long enough for a busy
/// machine.
fn basic(server: &Server) -> Bandwidth {
    set_up(server, Credentials::basic("user", "pass")).build().unwrap()
}

/// Returns the same client with OAuth2.
fn oauth2(server: &Server) -> Bandwidth {
    set_up(server, Credentials::oauth2("client", "secret")).build().unwrap()
}

fn set_up(server: &Server, credentials: Credentials) -> BandwidthBuilder {
    Bandwidth::builder("9900000", credentials)
        .from("+19195554321")
        .messaging_application("app-m")
        .voice_application("app-v")
        .base_url(server.base_url())
        .token_url(server.token_url())
        .timeout(Duration::from_secs(10), Duration::from_secs(30))
}

/// Returns the same client with timeouts of 300 ms for a connection and one second for a call, for tests that
/// wait for them.
fn hurried(builder: BandwidthBuilder) -> Bandwidth {
    builder.timeout(Duration::from_millis(300), Duration::from_secs(1)).build().unwrap()
}

async fn send(bandwidth: &Bandwidth) -> Result<SendReceipt, ProviderError> {
    send_by(bandwidth, Channel::Messaging).await
}

async fn send_by(bandwidth: &Bandwidth, channel: Channel) -> Result<SendReceipt, ProviderError> {
    let to = PhoneNumber::new("+19195551234").unwrap();
    let scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
    bandwidth.send(&SendRequest::new(&to, channel, &scope, MESSAGE, 6)).await
}

async fn verify(bandwidth: &Bandwidth) -> Result<Verdict, ProviderError> {
    let to = PhoneNumber::new("+19195551234").unwrap();
    let scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
    let code = Code::parse("918273").unwrap();
    let lifetime = Duration::from_secs(300);
    bandwidth.verify(&VerifyRequest::new(&to, &scope, &code, lifetime)).await
}

/// Returns the answer of a token service whose tokens are `t-1`, `t-2` and so on.
fn token(nth: usize, expires_in: u64) -> Act {
    Act::Answer(
        200,
        format!(r#"{{"access_token": "t-{nth}", "token_type": "Bearer", "expires_in": {expires_in}}}"#),
    )
}

/// Answers every call successfully.
fn well(call: &Call) -> Act {
    match call.endpoint() {
        "messaging" => Act::answer(200, r#"{"messageId": "m-1"}"#),
        "voice" => Act::answer(200, r#"{"callId": "c-1"}"#),
        "verify" => Act::answer(200, r#"{"valid": true}"#),
        _ => token(1, 3600),
    }
}
