//! Text message without a code that a phone received.

use std::time::SystemTime;

use serde::Serialize;

use crate::clock;

/// A text message that an app sent through the Messaging API. The emulator puts no code into it.
///
/// # Examples
///
/// ```
/// use mfakit_emulator::Emulator;
/// use serde_json::json;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bandwidth = Emulator::builder().start().await?;
/// let answer = reqwest::Client::new()
///     .post(format!("{}/users/9900000/messages", bandwidth.messaging_url()))
///     .basic_auth("emulator", Some("emulator"))
///     .json(&json!({
///         "to": ["+12025550123"],
///         "from": "+12025550100",
///         "applicationId": "emulator-messaging",
///         "text": "Your phone number is being replaced.",
///     }))
///     .send()
///     .await?;
/// assert_eq!(answer.status(), 202);
///
/// let text = &bandwidth.texts()[0];
/// assert_eq!(text.to, ["+12025550123"]);
/// assert_eq!(text.text, "Your phone number is being replaced.");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Text {
    /// The `id` (29 characters) that the app received.
    pub id: String,
    /// Time of sending, by the emulator's clock. RFC 3339 in UTC in JSON.
    #[serde(serialize_with = "clock::as_rfc3339")]
    pub time: SystemTime,
    /// Phone numbers of the recipients, who see each other if there are several.
    pub to: Vec<String>,
    /// Phone number of the sender, or an alphanumeric sender ID.
    pub from: String,
    /// Id of the application.
    pub application_id: String,
    /// The text.
    pub text: String,
}
