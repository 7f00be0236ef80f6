//! What an app asked of the API, and what it was told.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;

use crate::clock;
use crate::endpoint::Endpoint;

/// One API call as the emulator saw it, refused and failed ones included.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// When it arrived, by the emulator's clock; RFC 3339 in UTC in JSON.
    #[serde(serialize_with = "clock::as_rfc3339")]
    pub time: SystemTime,
    /// Which call it was.
    pub endpoint: Endpoint,
    /// The status it was answered with; `None` where the connection was dropped, and while the answer is delayed.
    pub status: Option<u16>,
    /// The request's body: JSON where it parses, else the text. Client secrets in token requests read `REDACTED`.
    pub body: Value,
}
