//! Message that a phone received.

use std::time::SystemTime;

use serde::Serialize;

use crate::clock;

/// Channel over which a code was sent. In JSON it has Bandwidth's names, `messaging` and `voice`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// A text message.
    Messaging,
    /// A voice call.
    Voice,
}

/// A code as it reached a phone: a text message, or the text that a voice call read aloud.
///
/// # Examples
///
/// ```
/// use mfakit_emulator::{Channel, Emulator};
/// use serde_json::json;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bandwidth = Emulator::builder().name("Bank").start().await?;
/// reqwest::Client::new()
///     .post(format!("{}/accounts/9900000/code/voice", bandwidth.base_url()))
///     .basic_auth("emulator", Some("emulator"))
///     .json(&json!({
///         "to": "+12025550123",
///         "from": "+12025550100",
///         "applicationId": "emulator-voice",
///         "message": "Your {NAME} code is {CODE}",
///         "digits": 6,
///     }))
///     .send()
///     .await?;
///
/// let message = &bandwidth.inbox()[0];
/// assert_eq!(message.channel, Channel::Voice);
/// assert_eq!(message.to, "+12025550123");
/// assert_eq!(message.message, format!("Your Bank code is {}", message.code));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// The `messageId` (29 characters) or `callId` (47 characters) that the app received.
    pub id: String,
    /// Time of sending, by the emulator's clock. RFC 3339 in UTC in JSON.
    #[serde(serialize_with = "clock::as_rfc3339")]
    pub time: SystemTime,
    /// Text message or voice call.
    pub channel: Channel,
    /// Phone number of the recipient.
    pub to: String,
    /// Phone number of the sender.
    pub from: String,
    /// Scope of the code. `2FA` if the app gave none.
    pub scope: String,
    /// The text, with its placeholders replaced.
    pub message: String,
    /// The code in the text.
    pub code: String,
}
