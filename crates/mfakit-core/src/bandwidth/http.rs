//! One HTTP exchange: a request, and a bounded reply or an error.
//!
//! 1. Redirects are not followed, and nothing is repeated. (The client uses another connection if a pooled one
//!    turns out to be closed before a byte of the request was written. That is not a second request.)
//! 2. Only HTTP/1.1 is used, even if another crate in the build enables HTTP/2. HTTP/2 has its own rules for repeating
//!    requests, and its implementation writes its own log.
//! 3. A reply is read chunk by chunk, up to 64 KiB.
//! 4. `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are honored, for machines that have no direct connection to the
//!    internet. A proxy only carries the TLS connection, which still ends at Bandwidth. If the base URL or the token
//!    URL is on this machine, no proxy is used.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT},
};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::{legacy::Client, proxy::matcher::Matcher},
    rt::{TokioExecutor, TokioTimer},
};

use super::{
    connector::{AGENT, Connector},
    endpoint::Endpoint,
    server_clock::ServerClock,
};
use crate::{
    box_error::BoxError,
    clock::{Clock, SystemClock},
    clock_offset::ClockOffset,
    tls::Tls,
};

/// Maximum length of a reply in bytes. Bandwidth's replies have a few hundred.
const LONGEST_REPLY: usize = 64 * 1024;
/// Time for which an unused connection is kept. It is short, because a request that is written while the other end
/// closes the connection may have arrived, and so cannot be repeated.
const IDLE: Duration = Duration::from_secs(15);

/// Client that all calls share.
#[derive(Clone)]
pub(super) struct Http {
    client: Client<Connector, Full<Bytes>>,
    server_clock: ServerClock,
}

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

/// Cause of an error, which several callers can share.
pub(super) type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Error of an exchange without a reply.
#[derive(Debug)]
pub(super) enum Broken {
    /// No connection was made (name, TCP, TLS, proxy), so no request was sent.
    NeverConnected(Cause),
    /// The request may have arrived.
    Dropped(Cause),
}

impl Http {
    /// Creates a client. Without `tls`, it accepts no https.
    pub(super) fn new(connect_timeout: Duration, proxies: Proxies, tls: Option<Tls>) -> Self {
        let proxies = match proxies {
            Proxies::OfEnvironment => Some(Matcher::from_env()),
            Proxies::None => None,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8)
            .build(Connector::new(tls.map(Tls::for_http1), proxies, connect_timeout));
        Self { client, server_clock: ServerClock::default() }
    }

    /// Returns the offset of the clock of the server that answered last, from its `Date` header.
    pub(super) fn clock_offset(&self) -> Option<ClockOffset> {
        self.server_clock.offset()
    }

    /// Sends one POST request. The caller bounds the time.
    pub(super) async fn post(
        &self,
        url: &Endpoint,
        authorization: &HeaderValue,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Result<Reply, Broken> {
        // A request that could not be built was not sent either. A retry would fail in the same way, however, so the
        // request is treated like one that may have arrived.
        let request = request(url, authorization, content_type, body.into());
        let request = request.map_err(|error| Broken::Dropped(error.into()))?;
        let response = self.client.request(request).await.map_err(|error| {
            let broken = if error.is_connect() { Broken::NeverConnected } else { Broken::Dropped };
            broken(Arc::new(error))
        })?;
        self.server_clock.note(response.headers().get(DATE), SystemClock.now());
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Ok(Reply { status, retry_after: retry_after.map(str::to_owned), body: read(response).await })
    }
}

fn request(
    url: &Endpoint,
    authorization: &HeaderValue,
    content_type: &'static str,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, BoxError> {
    let request = Request::post(url.uri()?)
        .header(AUTHORIZATION, authorization)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, content_type)
        .header(USER_AGENT, AGENT);
    Ok(request.body(Full::new(body))?)
}

async fn read(response: Response<Incoming>) -> Body {
    let (mut rest, mut whole) = (response.into_body(), Vec::new());
    loop {
        let chunk = match rest.frame().await {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Body::Cut,
            None => return Body::Whole(whole),
        };
        if whole.len() + chunk.len() > LONGEST_REPLY {
            return Body::TooLong;
        }
        whole.extend_from_slice(&chunk);
    }
}
