//! Methods of confirmation.

use std::{fmt, str::FromStr};

use crate::channel::Channel;

/// Method that a challenge is met with.
///
/// Today, every method is a code that is sent over a [`Channel`]. Later versions may add others. In a stored record, a
/// method is its [name](Self::as_str). A name that this version does not know is an error, so a record that a newer
/// version wrote is never a pass.
///
/// ```
/// use mfakit_core::{Channel, store::Method};
///
/// assert_eq!("voice".parse::<Method>()?, Method::Code(Channel::Voice));
/// assert_eq!(Method::from(Channel::Messaging).as_str(), "messaging");
/// assert!("passkey".parse::<Method>().is_err());
/// # Ok::<(), mfakit_core::error::UnknownMethod>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// A code, sent over this channel.
    Code(Channel),
}

impl Method {
    /// Returns the name in stored records: for a code, the name of its channel.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.sent_over().as_str()
    }

    /// Returns the channel of a code. `None` for any other method.
    #[must_use]
    pub const fn channel(self) -> Option<Channel> {
        Some(self.sent_over())
    }

    /// Returns the channel of a code, while codes are the only method.
    pub(crate) const fn sent_over(self) -> Channel {
        let Self::Code(channel) = self;
        channel
    }
}

impl From<Channel> for Method {
    fn from(channel: Channel) -> Self {
        Self::Code(channel)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        name.parse().map(Self::Code).map_err(|_| UnknownMethod)
    }
}

/// Error for the name of a method that this version does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the method of confirmation is unknown: a newer version of mfakit wrote it")]
#[non_exhaustive]
pub struct UnknownMethod;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_read_back_by_its_name() {
        for channel in Channel::all() {
            let method = Method::Code(*channel);
            assert_eq!(method.to_string().parse(), Ok(method));
            assert_eq!(method.channel(), Some(*channel));
        }
        for other in ["", "Voice", "passkey", "messaging "] {
            assert_eq!(other.parse::<Method>(), Err(UnknownMethod), "{other:?}");
        }
    }

    #[test]
    fn a_method_takes_no_more_space_than_a_channel() {
        assert_eq!(size_of::<Method>(), size_of::<Channel>());
    }
}
