//! Calls of the APIs, with their retries and time limits.
//!
//! | failure of a call | send | verify |
//! |---|---|---|
//! | no connection was made | one retry after 200 ms | an error |
//! | 401 to a bearer token | one retry with a new token | one retry with a new token |
//! | 401 to a user name and password | an error | an error |
//! | anything else | an error | an error |
//!
//! The gateway returns 401 before the service receives the call, so nothing has been sent or verified by then.
//! After a timeout or a dropped connection the outcome is unknown, and the user decides.

use std::time::Duration;

use http::HeaderValue;
use serde::Serialize;
use tokio::time::{sleep, timeout};

use super::{
    BandwidthConfigError,
    config::Config,
    credentials::CredentialKind,
    endpoint::Endpoint,
    failure::Failure,
    http::{Broken, Http, Proxies, Reply},
    token::{self, Fetched, TokenCache},
};
use crate::{
    clock::{Clock, SystemClock},
    event::with_causes,
    provider::{ProviderErrorKind, ProviderHealth},
    tls::{Certificates, Tls},
};

/// Pause before the retry of a send for which no connection was made.
const PAUSE: Duration = Duration::from_millis(200);

/// Time limits.
#[derive(Clone, Copy)]
pub(super) struct TimeLimits {
    /// Limit for connecting, including TLS.
    pub(super) connect: Duration,
    /// Limit for a send or a verify, including tokens, connections and the retry.
    pub(super) total: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(2), total: Duration::from_secs(8) }
    }
}

/// Connections, credentials and tokens, which the codes and the notices of an app share.
pub(super) struct Client {
    authorization: Authorization,
    http: Http,
    timeout: TimeLimits,
}

enum Authorization {
    /// Header value that is sent with every call.
    Basic(HeaderValue),
    /// Header value that is exchanged for tokens at this URL.
    Bearer { credentials: HeaderValue, token_url: Endpoint, tokens: TokenCache },
}

/// Reaction if no connection was made.
#[derive(Clone, Copy)]
pub(super) enum Unconnected {
    TryAgain,
    GiveUp,
}

impl Client {
    pub(super) fn new(config: &Config, timeout: TimeLimits) -> Result<Self, BandwidthConfigError> {
        let proxies = if config.is_local() { Proxies::None } else { Proxies::OfEnvironment };
        let tls = config.uses_tls().then(|| Tls::new(&Certificates::default())).transpose();
        let tls = tls.map_err(|error| BandwidthConfigError::one(with_causes(&error)))?;
        let http = Http::new(timeout.connect, proxies, tls);
        let credentials = config.credentials.authorization().map_err(|_| {
            BandwidthConfigError::one("the credentials cannot be sent in a header".to_owned())
        })?;
        let authorization = match config.credentials.kind() {
            CredentialKind::OAuth2 => Authorization::Bearer {
                credentials,
                token_url: config.token_url.clone(),
                tokens: TokenCache::default(),
            },
            CredentialKind::Basic => {
                tracing::warn!(
                    "a user name and a password work only with a server on this machine: Bandwidth stops accepting \
                     them on December 2, 2026, so use OAuth2 client credentials in production"
                );
                Authorization::Basic(credentials)
            }
        };
        Ok(Self { authorization, http, timeout })
    }

    pub(super) const fn credentials(&self) -> CredentialKind {
        match self.authorization {
            Authorization::Basic(_) => CredentialKind::Basic,
            Authorization::Bearer { .. } => CredentialKind::OAuth2,
        }
    }

    /// Returns the state of the token and of the server's clock.
    pub(super) fn health(&self) -> ProviderHealth {
        let health = match &self.authorization {
            Authorization::Basic(_) => ProviderHealth::new(),
            Authorization::Bearer { tokens, .. } => ProviderHealth::new().token(tokens.health()),
        };
        match self.http.clock_offset() {
            Some(offset) => health.clock_offset(offset),
            None => health,
        }
    }

    /// Makes one call with its retries, within the time limit.
    pub(super) async fn call(
        &self,
        url: &Endpoint,
        body: &(impl Serialize + Sync),
        or_else: Unconnected,
    ) -> Result<Reply, Failure> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Failure::new(ProviderErrorKind::Request, "the request cannot be written as JSON"))?;
        timeout(self.timeout.total, self.authorized(url, body, or_else))
            .await
            .unwrap_or_else(|_| Err(silence(self.timeout.total)))
    }

    async fn authorized(
        &self,
        url: &Endpoint,
        body: Vec<u8>,
        or_else: Unconnected,
    ) -> Result<Reply, Failure> {
        let (credentials, token_url, tokens) = match &self.authorization {
            Authorization::Basic(credentials) => return self.post(url, credentials, body, or_else).await,
            Authorization::Bearer { credentials, token_url, tokens } => (credentials, token_url, tokens),
        };
        let token = tokens.token(self.buy_token(token_url, credentials)).await?;
        let reply = self.post(url, &token.authorization, body.clone(), or_else).await?;
        if reply.status != 401 {
            return Ok(reply);
        }
        tracing::debug!(
            "Bandwidth rejected the bearer token, which may have expired: retrying once with a new one"
        );
        let token = tokens.successor(&token, self.buy_token(token_url, credentials)).await?;
        self.post(url, &token.authorization, body, Unconnected::GiveUp).await
    }

    async fn post(
        &self,
        url: &Endpoint,
        authorization: &HeaderValue,
        body: Vec<u8>,
        or_else: Unconnected,
    ) -> Result<Reply, Failure> {
        let post = |body| self.http.post(url, authorization, "application/json", body);
        let mut outcome = match or_else {
            Unconnected::GiveUp => return post(body).await.map_err(broken),
            Unconnected::TryAgain => post(body.clone()).await,
        };
        if let Err(Broken::NeverConnected(error)) = &outcome {
            tracing::debug!(error = with_causes(error.as_ref()), "no connection to Bandwidth: retrying once");
            sleep(PAUSE).await;
            outcome = post(body).await;
        }
        outcome.map_err(broken)
    }

    /// Requests a token (RFC 6749, section 4.4.2), within half of the time limit of the whole call.
    async fn buy_token(&self, url: &Endpoint, credentials: &HeaderValue) -> Result<Fetched, Failure> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let fetch = self.http.post(url, credentials, FORM, "grant_type=client_credentials");
        let unreachable = |detail: &str| Failure::new(ProviderErrorKind::Unreachable, detail);
        let reply = match timeout(self.timeout.total / 2, fetch).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(Broken::NeverConnected(error))) => {
                return Err(unreachable("no connection to the token service").caused_by(error));
            }
            Ok(Err(Broken::Dropped(error))) => {
                return Err(unreachable("no answer from the token service").caused_by(error));
            }
            Err(_) => return Err(unreachable("the token service did not answer in time")),
        };
        tracing::debug!(status = reply.status, "the token service answered");
        token::read(&reply, SystemClock.now())
    }
}

fn broken(broken: Broken) -> Failure {
    match broken {
        Broken::NeverConnected(error) => {
            Failure::new(ProviderErrorKind::Unreachable, "no connection to Bandwidth").caused_by(error)
        }
        Broken::Dropped(error) => {
            Failure::new(ProviderErrorKind::Failed, "the connection broke before Bandwidth answered")
                .caused_by(error)
        }
    }
}

fn silence(waited: Duration) -> Failure {
    Failure::new(ProviderErrorKind::Failed, format!("Bandwidth did not answer within {waited:?}"))
}
