//! Interpretation of replies, as pure functions of reply and time. There is one function per operation, so that a
//! reply to a send cannot be taken for a verdict.
//!
//! 1. A code is approved by status 200 and a JSON object with one field `valid` that is the boolean `true` [PROV-1]. It
//!    is rejected by the same object with `false`. Everything else is an error.
//! 2. A send is accepted by any 2xx whose body is empty or is a JSON object without an error in it. An id is optional:
//!    the message is on its way regardless, and an error here would invalidate the code that the user is about to read.
//!    A body that is not JSON does not come from the service, so the send counts as failed.
//! 3. The body decides, not its content type, which Bandwidth does not document.
//! 4. The log contains the status of an error, the sanitized text of the provider (see `scrub`), and the request id.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::Value;

use super::{
    failure::Failure,
    http::{Body, Reply},
    scrub::{id, request_id, scrub},
};
use crate::{
    clock::Timestamp,
    provider::{ProviderErrorKind, SendReceipt, Verdict},
};

/// Wait after a 429 without a `Retry-After`: the two minutes of Bandwidth's text, "please wait 2 minutes".
const UNSAID_WAIT: Duration = Duration::from_secs(120);
/// Maximum wait that is accepted.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Interprets a reply to the send of a code.
pub(super) fn accepted(reply: &Reply, now: Timestamp) -> Result<SendReceipt, Failure> {
    sent(reply, &["messageId", "callId"], now)
}

/// Interprets a reply of the Messaging API.
pub(super) fn queued(reply: &Reply, now: Timestamp) -> Result<SendReceipt, Failure> {
    sent(reply, &["id"], now)
}

fn sent(reply: &Reply, ids: &[&str], now: Timestamp) -> Result<SendReceipt, Failure> {
    if !(200..300).contains(&reply.status) {
        return Err(rejection(reply, now));
    }
    let body = whole(reply)?;
    if body.trim_ascii().is_empty() {
        return Ok(SendReceipt::new(""));
    }
    let body: Value = match serde_json::from_slice(body) {
        Ok(body @ Value::Object(_)) => body,
        _ => return Err(nonsense(reply, "the answer to the send is not a JSON object")),
    };
    let name = ids.iter().find_map(|key| body.get(key)?.as_str().map(id));
    match name.filter(|name| !name.is_empty()) {
        Some(id) => Ok(SendReceipt::new(id)),
        // In 2020, this API returned all errors with a 200 and a text instead of the id.
        None if provider_text(&body).is_some() => {
            Err(nonsense(reply, "the answer to the send contains an error"))
        }
        None => Ok(SendReceipt::new("")),
    }
}

/// Interprets a reply to a verify.
pub(super) fn verdict(reply: &Reply, now: Timestamp) -> Result<Verdict, Failure> {
    /// Reads a boolean, and rejects anything that only resembles one. A duplicate field is an error.
    #[derive(Deserialize)]
    struct VerifyCodeResponse {
        valid: bool,
    }

    match reply.status {
        200 => {
            let body = whole(reply)?;
            // serde would read `[true]` as an object with one field.
            let response = Some(body)
                .filter(|body| body.trim_ascii_start().starts_with(b"{"))
                .and_then(|body| serde_json::from_slice::<VerifyCodeResponse>(body).ok());
            match response {
                Some(VerifyCodeResponse { valid: true }) => Ok(Verdict::Approved),
                Some(VerifyCodeResponse { valid: false }) => Ok(Verdict::Rejected),
                None => Err(nonsense(reply, "the answer to the verify is neither true nor false")),
            }
        }
        201..300 => Err(nonsense(reply, "only a 200 can approve a code")),
        _ => Err(rejection(reply, now)),
    }
}

/// Returns the wait after a 429: its `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), clamped to
/// between one second and one hour. Returns two minutes if there is none that can be read.
pub(super) fn retry_after(reply: &Reply, now: Timestamp) -> Duration {
    let wait = reply.retry_after.as_deref().map(str::trim).and_then(|text| {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
        }
        let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Timestamp::from_millis(u64::try_from(date.as_millis()).ok()?).since(now))
    });
    wait.unwrap_or(UNSAID_WAIT).clamp(Duration::from_secs(1), LONGEST_WAIT)
}

/// Interprets a reply whose status is not 2xx.
fn rejection(reply: &Reply, now: Timestamp) -> Failure {
    let kind = match reply.status {
        401 | 403 => ProviderErrorKind::Credentials,
        429 => ProviderErrorKind::Throttled { retry_after: retry_after(reply, now) },
        // After a gateway's 408 and after every 5xx, it is unknown what happened behind the gateway.
        408 | 500.. => ProviderErrorKind::Failed,
        400..500 => ProviderErrorKind::Request,
        // A redirect is not followed, because codes and credentials are for this host only.
        _ => ProviderErrorKind::Answer,
    };
    Failure::new(kind, with_text(format!("Bandwidth answers {}", reply.status), reply))
}

fn nonsense(reply: &Reply, why: &str) -> Failure {
    let detail = format!("Bandwidth answers {}, but {why}", reply.status);
    Failure::new(ProviderErrorKind::Answer, with_text(detail, reply))
}

fn whole(reply: &Reply) -> Result<&[u8], Failure> {
    match &reply.body {
        Body::Whole(body) => Ok(body),
        Body::TooLong => Err(nonsense(reply, "its body is too long")),
        Body::Cut => {
            let detail =
                format!("Bandwidth answers {}, but the connection broke in the middle", reply.status);
            Err(Failure::new(ProviderErrorKind::Failed, detail))
        }
    }
}

/// Adds the text of the provider to the detail, if there is one.
fn with_text(mut detail: String, reply: &Reply) -> String {
    let Body::Whole(body) = &reply.body else { return detail };
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return detail };
    if let Some(text) = provider_text(&body) {
        detail.push_str(": ");
        detail.push_str(&text);
    }
    if let Some(id) = body.get("requestId").and_then(Value::as_str).and_then(request_id) {
        detail.push_str(&format!(" (request {id})"));
    }
    detail
}

/// Returns the text of the provider. The key depends on the layer that answers: `error` is the service, `message` and
/// `Message` are the gateway (Bandwidth's documentation has both), `description` is its Voice API, and `result` is
/// the service of 2020.
fn provider_text(body: &Value) -> Option<String> {
    ["error", "message", "Message", "description", "result"]
        .iter()
        .find_map(|key| body.get(key)?.as_str().map(scrub))
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
