//! The bearer token: bought once however many calls wait for it, and kept until shortly before it expires.
//!
//! ```text
//!            fetch lands                 60 s before expiry, or refused with 401
//!   none ───────────────► fresh ────────────────────────────────────────────► stale
//!    ▲                      ▲                        fetch lands                │
//!    └── fetch fails        └──────────────────────────────────────────────────┘
//! ```
//!
//! 1. One fetch at a time. Whoever waited for it takes what it brought, be it a token or an error, so that a
//!    token service in trouble hears one call and not one for each person.
//! 2. A caller that goes away in the middle of its fetch leaves it to the next in line.
//! 3. Ages are measured with the monotonic clock, from the moment before the token was asked for.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::{
    credentials::sensitive,
    failure::Failure,
    http::{Body, Reply},
    reply,
};
use crate::{clock::Timestamp, provider::ProviderErrorKind};

/// How long before it expires a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is taken to live that does not say so. It may well live longer; one fetch in four
/// minutes costs nothing, and a token that died earlier is found out by its 401.
const UNSAID_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// The longest life that is believed.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A token, and how long it lives.
pub(super) struct Fetched {
    authorization: HeaderValue,
    lifetime: Duration,
}

/// A token to call with.
#[derive(Clone)]
pub(super) struct Token {
    /// The value of the `Authorization` header, marked as sensitive.
    pub(super) authorization: HeaderValue,
    fresh_until: Option<Instant>,
    /// Which fetch brought it: what tells a refused token from its successor.
    fetch: u64,
}

/// The one token that all calls share.
#[derive(Default)]
pub(super) struct TokenCache {
    /// What the last fetch brought. Whoever holds the lock may fetch.
    last: Mutex<Option<Result<Token, Failure>>>,
    /// How many fetches have ended.
    ended: AtomicU64,
}

impl TokenCache {
    /// A fresh token: the one at hand, or what `fetch` brings. `fetch` is polled only when it is needed.
    pub(super) async fn token(
        &self,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        self.token_other_than(None, fetch).await
    }

    /// A token in place of one that was refused. Of all callers that were refused with the same token, one
    /// fetches.
    pub(super) async fn successor(
        &self,
        refused: &Token,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        self.token_other_than(Some(refused.fetch), fetch).await
    }

    async fn token_other_than(
        &self,
        refused: Option<u64>,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        let now = Instant::now();
        let ended = self.ended.load(Ordering::Acquire);
        match &*last {
            // This fetch ended while we waited: its token is ours even if it is one of a short life.
            Some(outcome) if ended != ended_before => return outcome.clone(),
            Some(Ok(token))
                if Some(token.fetch) != refused && token.fresh_until.is_some_and(|until| now < until) =>
            {
                return Ok(token.clone());
            }
            _ => {}
        }
        let outcome = fetch.await.map(|fetched| Token {
            authorization: fetched.authorization,
            fresh_until: fetched.lifetime.checked_sub(MARGIN).and_then(|span| now.checked_add(span)),
            fetch: ended + 1,
        });
        *last = Some(outcome.clone());
        self.ended.store(ended + 1, Ordering::Release);
        outcome
    }
}

/// What the token service said.
///
/// Nothing has been sent or checked when this fails, whatever it was: a token service in trouble is a
/// provider that could not be reached.
pub(super) fn read(reply: &Reply, now: Timestamp) -> Result<Fetched, Failure> {
    let body = match &reply.body {
        Body::Whole(body) => body.as_slice(),
        Body::TooLong | Body::Cut => &[],
    };
    let kind = match reply.status {
        200 => return fetched(body),
        // RFC 6749, section 5.2: 400 is how `invalid_client` and its like are usually said.
        400 | 401 | 403 => ProviderErrorKind::Credentials,
        429 => ProviderErrorKind::Throttled { retry_after: reply::retry_after(reply, now) },
        408 | 500.. => ProviderErrorKind::Unreachable,
        402..500 => ProviderErrorKind::Request,
        _ => ProviderErrorKind::Answer,
    };
    let status = reply.status;
    Err(match error_code(body) {
        Some(code) => Failure::new(kind, format!("the token service answers {status} ({code})")),
        None => Failure::new(kind, format!("the token service answers {status}")),
    })
}

fn fetched(body: &[u8]) -> Result<Fetched, Failure> {
    #[derive(Deserialize)]
    struct TokenReply {
        access_token: String,
        #[serde(default)]
        token_type: Value,
        #[serde(default)]
        expires_in: Value,
    }

    let nonsense = |detail: &str| Failure::new(ProviderErrorKind::Answer, detail);
    // The error of the JSON reader is left out: it may quote what it could not read.
    let reply: TokenReply =
        serde_json::from_slice(body).map_err(|_| nonsense("the token service's answer is no token"))?;
    if reply.token_type.as_str().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(nonsense("the token service's token is no bearer token"));
    }
    if reply.access_token.is_empty() || !reply.access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(nonsense("the token service's token cannot stand in a header"));
    }
    let authorization = sensitive("Bearer", &reply.access_token)
        .map_err(|_| nonsense("the token service's token cannot stand in a header"))?;
    Ok(Fetched { authorization, lifetime: lifetime(&reply.expires_in) })
}

/// Seconds, as a number or as a text that is one; 24 hours at most. What is not there, or says nothing, is
/// five minutes.
fn lifetime(expires_in: &Value) -> Duration {
    let seconds = match expires_in {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match seconds {
        Some(seconds) if !seconds.is_nan() => {
            Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_LIFETIME.as_secs_f64()))
        }
        _ => UNSAID_LIFETIME,
    }
}

/// The error code of RFC 6749, section 5.2. Its description stays out of the log: it may quote credentials.
fn error_code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body.get("error")?.as_str()?;
    let well_formed =
        (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    well_formed.then(|| code.to_owned())
}

#[cfg(test)]
mod tests;
