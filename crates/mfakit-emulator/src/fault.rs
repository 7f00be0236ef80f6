//! Failures on order: the next calls of an endpoint fail in the way asked for.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::Endpoint;

/// The longest delay a fault may ask for.
const LONGEST_DELAY: Duration = Duration::from_secs(10 * 60);

/// The most faults that wait their turn; beyond it the oldest is let go.
const MOST: usize = 1_000;

/// One way in which the next calls of an endpoint fail.
///
/// Faults of one endpoint wait in a line: the first is used up before the second begins. A call that a fault takes
/// hold of is failed before anything else looks at it, credentials included.
///
/// | asked for | what the app sees |
/// |---|---|
/// | nothing but the endpoint | 500 with Bandwidth's documented body |
/// | `status`, `body`, `headers` | just that; without a body the one documented for the status, without a status 500 |
/// | `drop` | the connection closes without an answer; status, body and headers then mean nothing |
/// | `delay` with one of the above | the same, later |
/// | only `delay` | the right answer, later |
/// | `after` with one of the above | the call is carried out first (a code is sent, or counted) and only its answer fails or is late |
///
/// ```
/// use std::time::Duration;
/// use mfakit_emulator::{Endpoint, Fault};
///
/// let busy = Fault::on(Endpoint::Messaging).status(429).header("Retry-After", "7").times(2);
/// let sent_but_never_answered = Fault::on(Endpoint::Messaging).drop_connection().after();
/// let slow = Fault::on(Endpoint::Verify).delay(Duration::from_secs(3));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// Whose calls fail.
    pub endpoint: Endpoint,
    /// The status to answer, from 200 to 599. Anything else is answered as 500.
    pub status: Option<u16>,
    /// The body to answer: a JSON string goes out raw (HTML, say), anything else as JSON.
    pub body: Option<Value>,
    /// Headers to answer, on top of the usual ones or in their place. What no header can hold is left out.
    pub headers: BTreeMap<String, String>,
    /// How long to wait before answering, in real time; ten minutes at most.
    pub delay: Duration,
    /// Close the connection instead of answering.
    pub drop: bool,
    /// Carry the call out first, so that only its answer is lost or wrong.
    pub after: bool,
    /// How many calls fail this way; 1 unless said otherwise.
    pub times: u32,
}

impl Fault {
    /// The next call of `endpoint` fails with a 500, until told otherwise.
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

    /// Answers this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Answers this body: a JSON string raw, anything else as JSON.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Answers with this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Waits before answering.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Closes the connection without an answer.
    #[must_use]
    pub fn drop_connection(mut self) -> Self {
        self.drop = true;
        self
    }

    /// Carries the call out before it fails.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }

    /// Fails so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Reads a fault as `POST /control/faults` takes it; the error says what to write instead.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(body).map_err(|error| {
            format!(
                "{error}; write JSON like {{\"endpoint\":\"messaging|voice|verify|token\",\"status\":500,\"body\":{{}},\
                 \"headers\":{{}},\"delay_ms\":0,\"drop\":false,\"after\":false,\"times\":1}}, \
                 where all but the endpoint may be left out"
            )
        })?;
        if written.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status must be from 200 to 599".to_owned());
        }
        if written.times == Some(0) {
            return Err("times must be at least 1; DELETE /control/faults takes faults back".to_owned());
        }
        let delay = Duration::from_millis(written.delay_ms.unwrap_or_default());
        if delay > LONGEST_DELAY {
            return Err("delay_ms must be at most 600000, which is ten minutes".to_owned());
        }
        let headers = written.headers.unwrap_or_default();
        for (name, value) in &headers {
            if header(name, value).is_none() {
                return Err(format!("headers cannot hold {name:?}: {value:?}"));
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

    /// Whether the call's own answer still goes out, only later.
    pub(crate) fn only_delays(&self) -> bool {
        let replaces = self.status.is_some() || self.body.is_some() || !self.headers.is_empty();
        !self.drop && !replaces && !self.delay.is_zero()
    }

    pub(crate) fn wait(&self) -> Duration {
        self.delay.min(LONGEST_DELAY)
    }
}

/// A header as HTTP can carry it, or nothing. Lengths and hop-by-hop headers belong to the server itself.
pub(crate) fn header(name: &str, value: &str) -> Option<(axum::http::HeaderName, axum::http::HeaderValue)> {
    use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
    let name: axum::http::HeaderName = name.parse().ok()?;
    if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(&name) {
        return None;
    }
    Some((name, value.parse().ok()?))
}

/// A fault as it is written in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    endpoint: Endpoint,
    status: Option<u16>,
    body: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    delay_ms: Option<u64>,
    drop: Option<bool>,
    after: Option<bool>,
    times: Option<u32>,
}

/// The faults that wait for their calls.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times == 0 {
            return;
        }
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that takes hold of the next call of `endpoint`.
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
    fn faults_of_an_endpoint_wait_in_line_and_leave_the_others_alone() {
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
    fn a_fault_that_cannot_be_meant_says_what_to_write() {
        let cases = [
            ("not JSON", "nonsense", "write JSON like"),
            ("no endpoint", r#"{"status":500}"#, "missing field `endpoint`"),
            ("unknown endpoint", r#"{"endpoint":"sms"}"#, "messaging"),
            ("unknown field", r#"{"endpoint":"voice","statu":500}"#, "statu"),
            ("status out of range", r#"{"endpoint":"voice","status":99}"#, "from 200 to 599"),
            ("no times", r#"{"endpoint":"voice","times":0}"#, "at least 1"),
            ("too long a delay", r#"{"endpoint":"voice","delay_ms":600001}"#, "ten minutes"),
            (
                "a header of two lines",
                r#"{"endpoint":"voice","headers":{"x":"a\nb"}}"#,
                "headers cannot hold",
            ),
            (
                "the server's own header",
                r#"{"endpoint":"voice","headers":{"Content-Length":"9"}}"#,
                "cannot hold",
            ),
        ];
        for (name, body, expected) in cases {
            let error = Fault::read(body.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{name}: {error}");
        }
    }

    #[test]
    fn what_is_null_was_not_said() {
        let body = r#"{"endpoint":"voice","status":null,"body":null,"headers":null,"delay_ms":null,"drop":null,
                       "after":null,"times":null}"#;
        assert_eq!(Fault::read(body.as_bytes()), Ok(Fault::on(Endpoint::Voice)));
    }
}
