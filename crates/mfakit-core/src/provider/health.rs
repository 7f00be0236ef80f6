//! State of a provider, as far as it is known without a call.

use std::time::Duration;

use crate::{clock_offset::ClockOffset, provider::error_kind::ProviderErrorKind};

/// State of a provider, as far as it is known without a call.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::provider::{ProviderHealth, TokenHealth};
///
/// let health = ProviderHealth::new().token(TokenHealth::Valid { expires_in: Duration::from_secs(3_000) });
/// assert!(health.token.is_some() && health.clock_offset.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderHealth {
    /// Access token. `None` if the provider uses none.
    pub token: Option<TokenHealth>,
    /// Offset of the provider's clock from that of this machine, from its last answer.
    pub clock_offset: Option<ClockOffset>,
}

/// State of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenHealth {
    /// No token is there. The next call requests one.
    Missing,
    /// A token is being requested.
    Requested,
    /// The token can be used.
    Valid {
        /// Time until a new token is requested.
        expires_in: Duration,
    },
    /// The last request for a token failed.
    Failed {
        /// Kind of the error.
        kind: ProviderErrorKind,
    },
}

impl ProviderHealth {
    /// Creates a state in which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the state of the access token.
    #[must_use]
    pub const fn token(mut self, token: TokenHealth) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the offset of the provider's clock.
    #[must_use]
    pub const fn clock_offset(mut self, offset: ClockOffset) -> Self {
        self.clock_offset = Some(offset);
        self
    }
}
