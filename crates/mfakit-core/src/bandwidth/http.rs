//! One HTTP exchange: a request out, a bounded reply back, or how it broke.
//!
//! 1. No redirect is followed, and reqwest repeats nothing by itself. (hyper takes another connection when a
//!    pooled one turns out to be closed before a byte of the request was written. That is no second request.)
//! 2. HTTP/1.1 only, even where another crate of the build turns HTTP/2 on: it has rules of its own for what
//!    may be repeated, and its code has a log of its own.
//! 3. A reply is read chunk by chunk and at most 64 KiB of it.
//! 4. `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are honoured, for machines that have no other way out: a proxy
//!    only carries the TLS connection, whose other end is still Bandwidth. When the base URL or the token URL
//!    is on this machine, no proxy is used at all.

use std::time::Duration;

use reqwest::{
    Client, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect, retry,
};

/// The longest reply that is read, in bytes. Bandwidth's have a few hundred.
const LONGEST_REPLY: usize = 64 * 1024;
/// How long an unused connection is kept. Short, because a request that meets a connection as the other end
/// closes it is one that may have arrived and cannot be repeated.
const IDLE: Duration = Duration::from_secs(15);

/// The client that all calls share.
#[derive(Clone)]
pub(super) struct Http(Client);

/// Whether proxies of the environment are used.
#[derive(Clone, Copy)]
pub(super) enum Proxies {
    OfEnvironment,
    None,
}

/// A reply, of which the head at least is there.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The `Retry-After` header, if it is one of ASCII.
    pub(super) retry_after: Option<String>,
    pub(super) body: Body,
}

/// The body of a reply.
#[derive(Debug)]
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Longer than is read.
    TooLong,
    /// The connection broke in the middle.
    Cut,
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Broken {
    /// There never was a connection (name, TCP, TLS, proxy), so there was no request.
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

    /// Posts once. The caller bounds the time.
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
        // A request that could not even be put together was not made either, but another try would be no
        // better, so it is not told apart from one that may have arrived.
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
