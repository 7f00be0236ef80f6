//! How a code travels.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How a code travels, by Bandwidth's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Messaging,
    /// A call that speaks the code.
    Voice,
}

impl Channel {
    /// Every channel there is.
    pub const ALL: [Self; 2] = [Self::Messaging, Self::Voice];

    /// The name in JSON, forms and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Voice => "voice",
        }
    }

    /// The authentication method reference: `sms` or `tel` (RFC 8176, section 2).
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Messaging => "sms",
            Self::Voice => "tel",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, UnknownChannel> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name).ok_or(UnknownChannel)
    }
}

/// The name is neither `messaging` nor `voice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the channel is \"messaging\" or \"voice\"")]
pub struct UnknownChannel;
