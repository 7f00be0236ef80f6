//! The proof that a challenge was met.

use std::time::Duration;

use crate::{channel::Channel, clock::Timestamp, scope::Scope, subject::Recognition, token::TokenHash};

/// The proof that a challenge was met: what a handler behind a guard may look at.
///
/// Absolute, never sliding: using it does not make it last longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub(crate) scope: Scope,
    pub(crate) verified_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) channel: Channel,
    pub(crate) recognition: Recognition,
}

impl Grant {
    /// What it is good for.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// When the code was verified (`auth_time`).
    #[must_use]
    pub const fn verified_at(&self) -> Timestamp {
        self.verified_at
    }

    /// When it ends on the route that asked: the shorter of the scope's and the route's age.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How the code travelled.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// How the app had recognised the person.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        self.recognition
    }

    /// The authentication method references (RFC 8176, section 2): `sms` or `tel`, and `mca`, since the
    /// code came over another channel than the request. Whether this makes `mfa` depends on the app's own
    /// log-in, so the app adds that.
    #[must_use]
    pub const fn amr(&self) -> [&'static str; 2] {
        [self.channel.amr(), "mca"]
    }
}

/// What a store keeps of a grant, under its user, log-in and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// What has to come with a request for the grant to count.
    pub binding: Binding,
    /// When the code was verified.
    pub verified_at: Timestamp,
    /// When it ends, whatever a route says.
    pub expires_at: Timestamp,
    /// How the code travelled.
    pub channel: Channel,
}

impl GrantRecord {
    /// How long it lasts in all.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.expires_at.since(self.verified_at)
    }
}

/// What has to come with a request for a grant to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The grant cookie whose value has this hash, from somebody recognised by a cookie.
    Cookie(TokenHash),
    /// Nothing beyond the log-in, from somebody recognised by a bearer token.
    Bearer,
}

impl Binding {
    /// How somebody has to be recognised for it.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        match self {
            Self::Cookie(_) => Recognition::Cookie,
            Self::Bearer => Recognition::Bearer,
        }
    }
}
