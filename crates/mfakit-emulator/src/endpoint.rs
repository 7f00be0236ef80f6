//! The four calls of Bandwidth's API that the emulator answers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the calls an app makes to Bandwidth; in JSON `messaging`, `voice`, `verify` or `token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// `POST /accounts/{accountId}/code/messaging`: send a code by text message.
    Messaging,
    /// `POST /accounts/{accountId}/code/voice`: read a code out in a call.
    Voice,
    /// `POST /accounts/{accountId}/code/verify`: check a code.
    Verify,
    /// `POST /oauth2/token`: get an access token.
    Token,
}

impl Endpoint {
    /// The endpoint's name as it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Voice => "voice",
            Self::Verify => "verify",
            Self::Token => "token",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
