//! Injected failures: the next calls of an endpoint fail as requested.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::Endpoint;

/// Longest delay of a fault.
const MAX_DELAY: Duration = Duration::from_secs(10 * 60);

/// Number of pending faults. If there are more, the oldest is discarded.
const MAX_PENDING: usize = 1_000;

/// A failure of the next calls of an endpoint.
///
/// Faults of one endpoint form a queue: the second begins when the first has failed all its calls. A fault fails a
/// call before anything else is checked, credentials included.
///
/// | the fault sets | the app receives |
/// |---|---|
/// | only the endpoint | 500 with Bandwidth's documented body |
/// | `status`, `body`, `headers` | exactly these. The default body is the one documented for the status, and the default status is 500 |
/// | `drop` | no response, because the connection is closed. Status, body and headers are ignored |
/// | `delay` and one of the above | the same, after the delay |
/// | only `delay` | the correct response, after the delay |
/// | `after` and one of the above | the same, but the call is carried out first (a code is sent, or an attempt is counted). Only the response fails or is late |
///
/// A fault is made with [`Fault::on`] and the setters below.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use mfakit_emulator::{Emulator, Endpoint, Fault};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bandwidth = Emulator::builder().start().await?;
/// bandwidth.fail(Fault::on(Endpoint::Token).status(429).header("Retry-After", "7"));
///
/// let response = reqwest::Client::new().post(bandwidth.token_url()).send().await?;
/// assert_eq!(response.status(), 429);
/// assert_eq!(response.headers()["retry-after"], "7");
///
/// // The code is sent, but the app receives no response.
/// bandwidth.fail(Fault::on(Endpoint::Messaging).drop_connection().after());
/// // The next two verify calls are slow.
/// bandwidth.fail(Fault::on(Endpoint::Verify).delay(Duration::from_secs(3)).times(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// Endpoint whose calls fail.
    pub endpoint: Endpoint,
    /// Status of the response, from 200 to 599. Any other status becomes 500.
    pub status: Option<u16>,
    /// Body of the response. A JSON string is sent as it is, for example as HTML. Any other value is sent as JSON.
    pub body: Option<Value>,
    /// Headers of the response. They replace the usual ones of the same name. Invalid headers are ignored.
    pub headers: BTreeMap<String, String>,
    /// Delay before the response, in real time. The maximum is ten minutes.
    pub delay: Duration,
    /// True if the connection is closed without a response.
    pub drop: bool,
    /// True if the call is carried out first, so that only its response is lost or wrong.
    pub after: bool,
    /// Number of calls that fail. The default is 1.
    pub times: u32,
}

impl Fault {
    /// Creates a fault that fails the next call of `endpoint` with status 500.
    #[must_use]
    pub fn on(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            status: None,
            body: None,
            headers: BTreeMap::new(),
            delay: Duration::ZERO,
            drop: false,
            after: false,
            times: 1,
        }
    }

    /// Sets the status of the response, from 200 to 599. Any other status becomes 500.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the body of the response. A JSON string is sent as it is. Any other value is sent as JSON.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds a header to the response. It replaces a usual one of the same name. An invalid header is ignored.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the delay before the response, in real time. The maximum is ten minutes.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Closes the connection without a response.
    #[must_use]
    pub fn drop_connection(mut self) -> Self {
        self.drop = true;
        self
    }

    /// Carries out the call before it fails.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }

    /// Sets the number of calls that fail. The default is 1.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Parses the JSON of `POST /control/faults`. The error states what to write instead.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, String> {
        let written: FaultJson = serde_json::from_slice(body).map_err(|error| {
            format!(
                "{error}; write JSON like {{\"endpoint\":\"messaging|voice|verify|token|text\",\"status\":500,\"body\":{{}},\
                 \"headers\":{{}},\"delay_ms\":0,\"drop\":false,\"after\":false,\"times\":1}}; \
                 only the endpoint is required"
            )
        })?;
        if written.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status must be from 200 to 599".to_owned());
        }
        if written.times == Some(0) {
            return Err(
                "times must be at least 1; to remove all faults, use DELETE /control/faults".to_owned()
            );
        }
        let delay = Duration::from_millis(written.delay_ms.unwrap_or_default());
        if delay > MAX_DELAY {
            return Err("delay_ms must be at most 600000 (ten minutes)".to_owned());
        }
        let headers = written.headers.unwrap_or_default();
        for (name, value) in &headers {
            if header(name, value).is_none() {
                return Err(format!("the header {name:?}: {value:?} is not valid"));
            }
        }
        Ok(Self {
            endpoint: written.endpoint,
            status: written.status,
            body: written.body,
            headers,
            delay,
            drop: written.drop.unwrap_or_default(),
            after: written.after.unwrap_or_default(),
            times: written.times.unwrap_or(1),
        })
    }

    /// Returns true if the fault delays the call's own response and changes nothing else.
    pub(crate) fn only_delays(&self) -> bool {
        let replaces = self.status.is_some() || self.body.is_some() || !self.headers.is_empty();
        !self.drop && !replaces && !self.delay.is_zero()
    }

    /// Returns the delay, at most [`MAX_DELAY`].
    pub(crate) fn wait(&self) -> Duration {
        self.delay.min(MAX_DELAY)
    }
}

/// Parses a header. Returns `None` if it is not valid in HTTP, and for lengths and hop-by-hop headers, which the
/// server sets itself.
pub(crate) fn header(name: &str, value: &str) -> Option<(axum::http::HeaderName, axum::http::HeaderValue)> {
    use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
    let name: axum::http::HeaderName = name.parse().ok()?;
    if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(&name) {
        return None;
    }
    Some((name, value.parse().ok()?))
}

/// The JSON of `POST /control/faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultJson {
    endpoint: Endpoint,
    status: Option<u16>,
    body: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    delay_ms: Option<u64>,
    drop: Option<bool>,
    after: Option<bool>,
    times: Option<u32>,
}

/// Faults that are pending, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times == 0 {
            return;
        }
        if self.0.len() >= MAX_PENDING {
            self.0.pop_front();
        }
        self.0.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the fault for the next call of `endpoint`, and counts that call.
    pub(crate) fn take(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let at = self.0.iter().position(|fault| fault.endpoint == endpoint)?;
        let fault = self.0.get_mut(at)?;
        fault.times -= 1;
        if fault.times == 0 { self.0.remove(at) } else { Some(fault.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_an_endpoint_form_a_queue_and_do_not_affect_other_endpoints() {
        let mut faults = Faults::default();
        faults.add(Fault::on(Endpoint::Verify).status(503).times(2));
        faults.add(Fault::on(Endpoint::Verify).status(429));
        let statuses: Vec<_> =
            std::iter::from_fn(|| faults.take(Endpoint::Verify)).map(|fault| fault.status).collect();
        assert_eq!(statuses, [Some(503), Some(503), Some(429)]);

        faults.add(Fault::on(Endpoint::Verify));
        assert_eq!(faults.take(Endpoint::Token), None);
    }

    #[test]
    fn an_invalid_fault_is_rejected_with_advice() {
        let cases = [
            ("not JSON", "nonsense", "write JSON like"),
            ("no endpoint", r#"{"status":500}"#, "missing field `endpoint`"),
            ("unknown endpoint", r#"{"endpoint":"sms"}"#, "messaging"),
            ("unknown field", r#"{"endpoint":"voice","statu":500}"#, "statu"),
            ("status out of range", r#"{"endpoint":"voice","status":99}"#, "from 200 to 599"),
            ("no times", r#"{"endpoint":"voice","times":0}"#, "at least 1"),
            ("too long a delay", r#"{"endpoint":"voice","delay_ms":600001}"#, "ten minutes"),
            ("a header of two lines", r#"{"endpoint":"voice","headers":{"x":"a\nb"}}"#, "is not valid"),
            (
                "the server's own header",
                r#"{"endpoint":"voice","headers":{"Content-Length":"9"}}"#,
                "is not valid",
            ),
        ];
        for (name, body, expected) in cases {
            let error = Fault::parse(body.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{name}: {error}");
        }
    }

    #[test]
    fn null_means_the_default() {
        let body = r#"{"endpoint":"voice","status":null,"body":null,"headers":null,"delay_ms":null,"drop":null,
                       "after":null,"times":null}"#;
        assert_eq!(Fault::parse(body.as_bytes()), Ok(Fault::on(Endpoint::Voice)));
    }
}
