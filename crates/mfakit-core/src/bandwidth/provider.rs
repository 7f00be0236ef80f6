//! The provider of codes.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use super::{
    BandwidthConfigError,
    client::{Client, TimeLimits, Unconnected},
    config::Config,
    endpoint::Endpoint,
    environment,
    notices::Notices,
    reply,
    wire::{CodeRequest, VerifyCodeRequest},
};
use crate::{
    channel::Channel,
    clock::{Clock, SystemClock},
    phone::PhoneNumber,
    provider::{
        MfaProvider, ProviderError, ProviderErrorKind, ProviderHealth, SendReceipt, SendRequest, Verdict,
        VerifyRequest,
    },
};

/// Bandwidth's MFA API as an [`MfaProvider`]. See the [module](super) for its rules.
///
/// `Debug` shows the account id and the kind of credentials.
///
/// ```
/// use mfakit_core::{Mfa, MfaBuilder, bandwidth::{Bandwidth, BandwidthConfigError}};
///
/// fn builder() -> Result<MfaBuilder, BandwidthConfigError> {
///     Ok(Mfa::builder(Bandwidth::from_env()?, "https://bank.example").scope("transfer", "make a transfer"))
/// }
/// ```
pub struct Bandwidth {
    account_id: String,
    from: PhoneNumber,
    messaging: Option<Sender>,
    voice: Option<Sender>,
    verify_url: Endpoint,
    pub(super) client: Arc<Client>,
    pub(super) notices: Option<Notices>,
}

/// Settings of one channel.
struct Sender {
    url: Endpoint,
    application: String,
}

impl Bandwidth {
    /// Creates a client from environment variables. The [module](super) has a table of them.
    ///
    /// # Errors
    ///
    /// Returns an error that names every variable that is missing or malformed, or says how to get TLS if the app is
    /// built without it.
    pub fn from_env() -> Result<Self, BandwidthConfigError> {
        Self::new(environment::read(|name| std::env::var_os(name))?, TimeLimits::default())
    }

    pub(super) fn new(config: Config, timeout: TimeLimits) -> Result<Self, BandwidthConfigError> {
        let client = Arc::new(Client::new(&config, timeout)?);
        let sender = |channel, application: &Option<String>| {
            let application = application.clone()?;
            Some(Sender { url: config.send_url(channel), application })
        };
        let messaging = sender(Channel::Messaging, &config.messaging_application);
        let voice = sender(Channel::Voice, &config.voice_application);
        let (verify_url, notices) = (config.verify_url(), Notices::new(&config));
        let (account_id, from) = (config.account_id, config.from);
        Ok(Self { account_id, from, messaging, voice, verify_url, client, notices })
    }

    const fn sender(&self, channel: Channel) -> Option<&Sender> {
        match channel {
            Channel::Messaging => self.messaging.as_ref(),
            Channel::Voice => self.voice.as_ref(),
        }
    }
}

#[async_trait]
impl MfaProvider for Bandwidth {
    fn supports(&self, channel: Channel) -> bool {
        self.sender(channel).is_some()
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        let Some(sender) = self.sender(request.channel) else {
            let detail = format!("no {} application is configured", request.channel);
            return Err(ProviderError::new(ProviderErrorKind::Request, detail));
        };
        let body = CodeRequest::new(request, self.from.as_e164(), &sender.application);
        let reply = self.client.call(&sender.url, &body, Unconnected::TryAgain).await?;
        tracing::debug!(channel = %request.channel, status = reply.status, "Bandwidth answered a send");
        let accepted = reply::accepted(&reply, SystemClock.now())?;
        if accepted.id.is_empty() {
            tracing::warn!(channel = %request.channel, "Bandwidth accepted a send and returned no id");
        }
        Ok(accepted)
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        let body = VerifyCodeRequest::new(request);
        let reply = self.client.call(&self.verify_url, &body, Unconnected::GiveUp).await?;
        tracing::debug!(status = reply.status, "Bandwidth answered a verify");
        Ok(reply::verdict(&reply, SystemClock.now())?)
    }

    fn health(&self) -> ProviderHealth {
        self.client.health()
    }
}

impl fmt::Debug for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bandwidth")
            .field("account_id", &self.account_id)
            .field("credentials", &self.client.credentials())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bandwidth::Credentials;

    #[test]
    fn a_client_shows_its_account_and_the_kind_of_its_credentials() {
        for (credentials, shown) in [
            (Credentials::basic("user", "pass"), "Basic"),
            (Credentials::oauth2("client", "secret"), "OAuth2"),
        ] {
            let builder = Bandwidth::builder("9900000", credentials).base_url("http://127.0.0.1:4010/api/v1");
            let bandwidth = builder.from("+19195554321").messaging_application("app").build().unwrap();
            let debug = format!("Bandwidth {{ account_id: \"9900000\", credentials: {shown}, .. }}");
            assert_eq!(format!("{bandwidth:?}"), debug);
        }
    }
}
