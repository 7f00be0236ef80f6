//! Record of one API call.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;

use crate::{clock, endpoint::Endpoint};

/// An API call as the emulator received it. Rejected and failed calls are included.
///
/// # Examples
///
/// ```
/// use mfakit_emulator::{Emulator, Endpoint};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bandwidth = Emulator::builder().start().await?;
/// reqwest::Client::new().post(bandwidth.token_url()).send().await?;
///
/// let call = &bandwidth.calls()[0];
/// assert_eq!(call.endpoint, Endpoint::Token);
/// assert_eq!(call.status, Some(401), "the request has no credentials");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// Time of arrival, by the emulator's clock. RFC 3339 in UTC in JSON.
    #[serde(serialize_with = "clock::as_rfc3339")]
    pub time: SystemTime,
    /// The endpoint that was called.
    pub endpoint: Endpoint,
    /// Status of the response. `None` if the connection was dropped, and while the response is delayed.
    pub status: Option<u16>,
    /// Body of the request: JSON if it parses, and otherwise the text. Client secrets in token requests are
    /// replaced with `REDACTED`.
    pub body: Value,
}
