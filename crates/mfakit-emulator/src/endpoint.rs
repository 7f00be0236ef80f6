//! The five endpoints of Bandwidth's API.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An endpoint of Bandwidth's API. In JSON it is `messaging`, `voice`, `verify`, `text` or `token`.
///
/// # Examples
///
/// ```
/// use mfakit_emulator::Endpoint;
///
/// assert_eq!(Endpoint::Messaging.name(), "messaging");
/// assert_eq!(Endpoint::Verify.to_string(), "verify");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /accounts/{accountId}/code/messaging`: sends a code in a text message.
    Messaging,
    /// `POST /accounts/{accountId}/code/voice`: reads a code aloud in a voice call.
    Voice,
    /// `POST /accounts/{accountId}/code/verify`: checks a code.
    Verify,
    /// `POST /users/{accountId}/messages` of the Messaging API: sends a text message without a code.
    Text,
    /// `POST /oauth2/token`: issues an access token.
    Token,
}

impl Endpoint {
    /// Returns the name that the endpoint has in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Voice => "voice",
            Self::Verify => "verify",
            Self::Text => "text",
            Self::Token => "token",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
