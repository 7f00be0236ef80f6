//! What a reply means. Pure: (operation, reply, time) to a result; the two operations are the two public
//! functions, so that no reply to a send can be taken for a verdict.
//!
//! 1. A code is approved by status 200 and the JSON boolean `true` in the field `valid`, once, of a JSON
//!    object [PROV-1]. It is rejected by the same with `false`. Everything else is an error.
//! 2. A send is accepted by any 2xx that says nothing to the contrary: its body is empty or a JSON object
//!    without an error in it. An id is wished for and not needed: the message is on its way whether it has a
//!    name or not, and an error here would make void the code that the person is about to read. What is not
//!    JSON did not come from the service, so nobody is left waiting for its message.
//! 3. The body decides, not its content type, which Bandwidth's documents do not promise.
//! 4. Of an error, the log gets the status, the provider's own words made harmless (see `scrub`) and its
//!    request id.

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

/// The wait when a 429 does not say how long: the two minutes of Bandwidth's own text, "please wait 2 minutes".
const UNSAID_WAIT: Duration = Duration::from_secs(120);
/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// What a reply to a send means.
pub(super) fn accepted(reply: &Reply, now: Timestamp) -> Result<SendReceipt, Failure> {
    if !(200..300).contains(&reply.status) {
        return Err(refusal(reply, now));
    }
    let body = whole(reply)?;
    if body.trim_ascii().is_empty() {
        return Ok(SendReceipt { id: String::new() });
    }
    let body: Value = match serde_json::from_slice(body) {
        Ok(body @ Value::Object(_)) => body,
        _ => return Err(nonsense(reply, "the answer to the send is no JSON object")),
    };
    let name = ["messageId", "callId"].iter().find_map(|key| body.get(key)?.as_str().map(id));
    match name.filter(|name| !name.is_empty()) {
        Some(id) => Ok(SendReceipt { id }),
        // In 2020 this API said all its errors with a 200, and a text in the place of the id.
        None if said(&body).is_some() => Err(nonsense(reply, "the send succeeded with an error in it")),
        None => Ok(SendReceipt { id: String::new() }),
    }
}

/// What a reply to a verify means.
pub(super) fn verdict(reply: &Reply, now: Timestamp) -> Result<Verdict, Failure> {
    /// Reads a boolean and nothing that resembles one; a field that is there twice is an error.
    #[derive(Deserialize)]
    struct VerifyCodeResponse {
        valid: bool,
    }

    match reply.status {
        200 => {
            let body = whole(reply)?;
            // The reader would take `[true]` for an object of one field.
            let response = Some(body)
                .filter(|body| body.trim_ascii_start().starts_with(b"{"))
                .and_then(|body| serde_json::from_slice::<VerifyCodeResponse>(body).ok());
            match response {
                Some(VerifyCodeResponse { valid: true }) => Ok(Verdict::Approved),
                Some(VerifyCodeResponse { valid: false }) => Ok(Verdict::Rejected),
                None => Err(nonsense(reply, "the answer to the verify says neither true nor false")),
            }
        }
        201..300 => Err(nonsense(reply, "only a 200 can approve a code")),
        _ => Err(refusal(reply, now)),
    }
}

/// How long a 429 asks to wait: its `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), within
/// one second and one hour; two minutes where it says nothing that can be read.
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

/// What an answer other than 2xx means.
fn refusal(reply: &Reply, now: Timestamp) -> Failure {
    let kind = match reply.status {
        401 | 403 => ProviderErrorKind::Credentials,
        429 => ProviderErrorKind::Throttled { retry_after: retry_after(reply, now) },
        // A gateway's 408 and every 5xx leave open what happened behind it.
        408 | 500.. => ProviderErrorKind::Failed,
        400..500 => ProviderErrorKind::Request,
        // A redirect is not followed: the codes and credentials are for this host.
        _ => ProviderErrorKind::Answer,
    };
    Failure::new(kind, with_words(format!("Bandwidth answers {}", reply.status), reply))
}

fn nonsense(reply: &Reply, why: &str) -> Failure {
    let detail = format!("Bandwidth answers {}, but {why}", reply.status);
    Failure::new(ProviderErrorKind::Answer, with_words(detail, reply))
}

fn whole(reply: &Reply) -> Result<&[u8], Failure> {
    match &reply.body {
        Body::Whole(body) => Ok(body),
        Body::TooLong => Err(nonsense(reply, "with more than is read")),
        Body::Cut => {
            let detail =
                format!("Bandwidth answers {}, but the connection broke in the middle", reply.status);
            Err(Failure::new(ProviderErrorKind::Failed, detail))
        }
    }
}

/// The detail with what the provider said, if it said anything.
fn with_words(mut detail: String, reply: &Reply) -> String {
    let Body::Whole(body) = &reply.body else { return detail };
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return detail };
    if let Some(messages) = said(&body) {
        detail.push_str(": ");
        detail.push_str(&messages);
    }
    if let Some(id) = body.get("requestId").and_then(Value::as_str).and_then(request_id) {
        detail.push_str(&format!(" (request {id})"));
    }
    detail
}

/// The provider's words. The key depends on which of its layers speaks: `error` is the service, `message` and
/// `Message` are the gateway (the documents of Bandwidth have both), `description` is its Voice API, and
/// `result` is the service of 2020.
fn said(body: &Value) -> Option<String> {
    ["error", "message", "Message", "description", "result"]
        .iter()
        .find_map(|key| body.get(key)?.as_str().map(scrub))
        .filter(|messages| !messages.is_empty())
}

#[cfg(test)]
mod tests;
