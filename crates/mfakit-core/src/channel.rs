//! Delivery channels of a code.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_str().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Error for a name that is neither `messaging` nor `voice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the channel must be \"messaging\" or \"voice\"")]
#[non_exhaustive]
pub struct UnknownChannel;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_its_name_in_json() {
        for channel in Channel::all() {
            let json = serde_json::to_string(channel).unwrap();
            assert_eq!(json, format!("\"{channel}\""));
            assert_eq!(serde_json::from_str::<Channel>(&json).unwrap(), *channel);
        }
        for other in ["\"Voice\"", "\"\"", "1", "null", "[\"voice\"]"] {
            assert!(serde_json::from_str::<Channel>(other).is_err(), "{other}");
        }
    }
}
