//! What a phone received.

use std::time::SystemTime;

use serde::Serialize;

use crate::clock;

/// How a code travelled; in JSON `messaging` or `voice`, as Bandwidth says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Messaging,
    /// A phone call.
    Voice,
}

/// One code as it reached a phone: a text message, or what a caller read out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// The `messageId` (29 characters) or `callId` (47 characters) that the app was given.
    pub id: String,
    /// When it was sent, by the emulator's clock; RFC 3339 in UTC in JSON.
    #[serde(serialize_with = "clock::as_rfc3339")]
    pub time: SystemTime,
    /// Text message or call.
    pub channel: Channel,
    /// The number it was sent to.
    pub to: String,
    /// The number it came from.
    pub from: String,
    /// The scope it was sent under; `2FA` where the app gave none.
    pub scope: String,
    /// The text, placeholders filled in.
    pub message: String,
    /// The code in it.
    pub code: String,
}
