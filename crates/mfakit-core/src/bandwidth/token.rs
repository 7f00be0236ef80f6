//! Bearer token: requested once for all calls that wait for it, and kept until shortly before it expires.
//!
//! ```text
//!          fetch succeeds                60 s before expiry, or rejected with 401
//!   none ───────────────► fresh ────────────────────────────────────────────► stale
//!    ▲                      ▲                       fetch succeeds              │
//!    └── fetch fails        └──────────────────────────────────────────────────┘
//! ```
//!
//! 1. There is one fetch at a time. All callers that waited for it share its result, token or error, so that a
//!    token service in trouble receives one request and not one for each user.
//! 2. If a caller is dropped during its fetch, the next waiting caller fetches.
//! 3. Ages are measured with the monotonic clock, from the moment before the token was requested.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use http::HeaderValue;
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::{
    credentials::sensitive,
    failure::Failure,
    http::{Body, Reply},
    reply,
};
use crate::{
    clock::Timestamp,
    provider::{ProviderErrorKind, TokenHealth},
};

/// Time before its expiry during which a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);
/// Assumed lifetime of a token without an expiry. It may live longer, but one fetch every four minutes costs little. If
/// it expires earlier, the result is a 401.
const UNSAID_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Maximum lifetime that is accepted.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Token with its lifetime.
pub(super) struct Fetched {
    authorization: HeaderValue,
    lifetime: Duration,
}

/// Token for calls.
#[derive(Clone)]
pub(super) struct Token {
    /// Value of the `Authorization` header, marked as sensitive.
    pub(super) authorization: HeaderValue,
    fresh_until: Option<Instant>,
    /// Number of the fetch that returned it, which distinguishes a rejected token from its successor.
    fetch: u64,
}

/// Token that all calls share.
#[derive(Default)]
pub(super) struct TokenCache {
    /// Result of the last fetch. The holder of the lock may fetch.
    last: Mutex<Option<Result<Token, Failure>>>,
    /// Number of fetches that have ended.
    ended: AtomicU64,
}

impl TokenCache {
    /// Returns a fresh token: the current one, or the result of `fetch`, which is polled only if needed.
    pub(super) async fn token(
        &self,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        self.token_other_than(None, fetch).await
    }

    /// Returns the state of the token, without waiting for a fetch.
    pub(super) fn health(&self) -> TokenHealth {
        let Ok(last) = self.last.try_lock() else { return TokenHealth::Requested };
        match &*last {
            None => TokenHealth::Missing,
            Some(Err(failure)) => TokenHealth::Failed { kind: failure.kind() },
            Some(Ok(token)) => {
                let left = token.fresh_until.map(|until| until.saturating_duration_since(Instant::now()));
                left.filter(|left| !left.is_zero())
                    .map_or(TokenHealth::Missing, |expires_in| TokenHealth::Valid { expires_in })
            }
        }
    }

    /// Returns a replacement for a rejected token. Of all callers with the same rejected token, only one fetches.
    pub(super) async fn successor(
        &self,
        rejected: &Token,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        self.token_other_than(Some(rejected.fetch), fetch).await
    }

    async fn token_other_than(
        &self,
        rejected: Option<u64>,
        fetch: impl Future<Output = Result<Fetched, Failure>>,
    ) -> Result<Token, Failure> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        let now = Instant::now();
        let ended = self.ended.load(Ordering::Acquire);
        match &*last {
            // This fetch ended while this caller waited, so its token is used even if its lifetime is short.
            Some(outcome) if ended != ended_before => return outcome.clone(),
            Some(Ok(token))
                if Some(token.fetch) != rejected && token.fresh_until.is_some_and(|until| now < until) =>
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

/// Interprets a reply of the token service.
///
/// Nothing has been sent or verified if this fails. A token service in trouble therefore counts as a provider that
/// could not be reached.
pub(super) fn read(reply: &Reply, now: Timestamp) -> Result<Fetched, Failure> {
    let body = match &reply.body {
        Body::Whole(body) => body.as_slice(),
        Body::TooLong | Body::Cut => &[],
    };
    let kind = match reply.status {
        200 => return fetched(body),
        // `invalid_client` and similar errors usually come with a 400 (RFC 6749, section 5.2).
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
    // The error of serde_json is dropped, because it may quote the token.
    let reply: TokenReply =
        serde_json::from_slice(body).map_err(|_| nonsense("the token service's answer is not a token"))?;
    if reply.token_type.as_str().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(nonsense("the token service's token is not a bearer token"));
    }
    if reply.access_token.is_empty() || !reply.access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(nonsense("the token service's token cannot be sent in a header"));
    }
    let authorization = sensitive("Bearer", &reply.access_token)
        .map_err(|_| nonsense("the token service's token cannot be sent in a header"))?;
    Ok(Fetched { authorization, lifetime: lifetime(&reply.expires_in) })
}

/// Returns the lifetime from a number of seconds, or a text that contains one, up to 24 hours. Returns five minutes if
/// it is missing or cannot be read.
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

/// Returns the error code of RFC 6749, section 5.2. The description is not logged, because it may quote credentials.
fn error_code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body.get("error")?.as_str()?;
    let well_formed =
        (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    well_formed.then(|| code.to_owned())
}

#[cfg(test)]
mod tests;
