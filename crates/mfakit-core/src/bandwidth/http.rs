//! One HTTP exchange: a request, and a bounded reply or an error.
//!
//! 1. Redirects are not followed, and reqwest itself repeats nothing. (hyper uses another connection if a pooled one
//!    turns out to be closed before a byte of the request was written. That is not a second request.)
//! 2. Only HTTP/1.1 is used, even if another crate in the build enables HTTP/2. HTTP/2 has its own rules for repeating
//!    requests, and its implementation writes its own log.
//! 3. A reply is read chunk by chunk, up to 64 KiB.
//! 4. `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are honored, for machines that have no direct connection to the
//!    internet. A proxy only carries the TLS connection, which still ends at Bandwidth. If the base URL or the token
//!    URL is on this machine, no proxy is used.

use std::time::Duration;

use reqwest::{
    Client, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect, retry,
};

/// Maximum length of a reply in bytes. Bandwidth's replies have a few hundred.
const LONGEST_REPLY: usize = 64 * 1024;
/// Time for which an unused connection is kept. It is short, because a request that is written while the other end
/// closes the connection may have arrived, and so cannot be repeated.
const IDLE: Duration = Duration::from_secs(15);

/// Client that all calls share.
#[derive(Clone)]
pub(super) struct Http(Client);

/// Use of the proxies of the environment.
#[derive(Clone, Copy)]
pub(super) enum Proxies {
    OfEnvironment,
    None,
}

/// Reply with a complete head.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// `Retry-After` header, if it is ASCII.
    pub(super) retry_after: Option<String>,
    pub(super) body: Body,
}

/// Body of a reply.
#[derive(Debug)]
pub(super) enum Body {
    /// The complete body.
    Whole(Vec<u8>),
    /// The body exceeds the maximum length.
    TooLong,
    /// The connection broke before the end.
    Cut,
}

/// Error of an exchange without a reply.
#[derive(Debug)]
pub(super) enum Broken {
    /// No connection was made (name, TCP, TLS, proxy), so no request was sent.
    NeverConnected(reqwest::Error),
    /// The request may have arrived.
    Dropped(reqwest::Error),
}

impl Http {
    pub(super) fn new(connect_timeout: Duration, proxies: Proxies) -> Result<Self, reqwest::Error> {
        let mut client = Client::builder()
            .user_agent(concat!("mfakit/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .http1_only()
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8);
        if matches!(proxies, Proxies::None) {
            client = client.no_proxy();
        }
        client.build().map(Self)
    }

    /// Sends one POST request. The caller bounds the time.
    pub(super) async fn post(
        &self,
        url: &Url,
        authorization: &HeaderValue,
        content_type: &'static str,
        body: impl Into<reqwest::Body>,
    ) -> Result<Reply, Broken> {
        let response = self
            .0
            .post(url.clone())
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, content_type)
            .body(body)
            .send()
            .await
            .map_err(Broken::from)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Ok(Reply { status, retry_after: retry_after.map(str::to_owned), body: read(response).await })
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        // A request that could not be built was not sent either. A retry would fail in the same way, however, so the
        // request is treated like one that may have arrived.
        if error.is_connect() { Self::NeverConnected(error) } else { Self::Dropped(error) }
    }
}

async fn read(mut response: reqwest::Response) -> Body {
    let mut whole = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if whole.len() + chunk.len() > LONGEST_REPLY => return Body::TooLong,
            Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(whole),
            Err(_) => return Body::Cut,
        }
    }
}
