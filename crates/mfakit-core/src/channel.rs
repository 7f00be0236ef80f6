//! Delivery channels of a code.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Delivery channel of a code, named as in Bandwidth's API.
///
/// An [`MfaProvider`](crate::provider::MfaProvider) that matches on the channel must reject those that it does not
/// know, because later versions may add some.
///
/// ```
/// use mfakit_core::Channel;
///
/// assert_eq!("voice".parse::<Channel>()?, Channel::Voice);
/// assert_eq!(Channel::Messaging.to_string(), "messaging");
/// assert_eq!(Channel::all().len(), 2);
/// # Ok::<(), mfakit_core::error::UnknownChannel>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// Text message (SMS).
    Messaging,
    /// Voice call that reads the code aloud.
    Voice,
}

impl Channel {
    /// Returns all channels.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[Self::Messaging, Self::Voice]
    }

    /// Returns the name in JSON, forms and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Voice => "voice",
        }
    }

    /// Returns the authentication method reference: `sms` or `tel` (RFC 8176, section 2).
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
        Self::all().iter().copied().find(|channel| channel.as_str() == name).ok_or(UnknownChannel)
    }
}

impl TryFrom<&str> for Channel {
    type Error = UnknownChannel;

    fn try_from(name: &str) -> Result<Self, UnknownChannel> {
        name.parse()
    }
}

/// Error for a name that is neither `messaging` nor `voice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the channel must be \"messaging\" or \"voice\"")]
#[non_exhaustive]
pub struct UnknownChannel;
