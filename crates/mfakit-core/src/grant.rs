//! Proof that a challenge was completed.

use std::time::Duration;

use crate::{
    approval::{Approval, ApprovalId},
    channel::Channel,
    clock::Timestamp,
    method::Method,
    scope::Scope,
    stored::{Stored, stored},
    subject::Recognition,
    token::TokenHash,
};

/// Proof that a challenge was completed, as a handler behind a guard receives it.
///
/// Its lifetime is absolute, never sliding: using it does not extend it.
///
/// ```
/// use mfakit_core::Grant;
///
/// /// Claims for an id token (OpenID Connect Core, section 2).
/// fn claims(grant: &Grant) -> String {
///     format!(r#"{{"auth_time":{},"amr":{:?}}}"#, grant.verified_at().as_secs(), grant.amr())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub(crate) scope: Scope,
    pub(crate) verified_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) channel: Channel,
    pub(crate) recognition: Recognition,
    /// Boxed, because most grants have none.
    pub(crate) approval: Option<Box<Approval>>,
}

impl Grant {
    /// Returns the grant without its scope and approval, for adapters.
    #[doc(hidden)]
    #[must_use]
    pub const fn terms(&self) -> GrantTerms {
        let Self { verified_at, expires_at, channel, recognition, .. } = *self;
        GrantTerms { verified_at, expires_at, channel, recognition }
    }

    /// Returns the scope that was confirmed.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the time at which the code was verified (`auth_time`).
    #[must_use]
    pub const fn verified_at(&self) -> Timestamp {
        self.verified_at
    }

    /// Returns the time at which the grant ends on this route. The shorter of the scope's and the route's age
    /// applies.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Returns the channel of the code.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// Returns the means by which the app recognized the user.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        self.recognition
    }

    /// Returns the approval of the action that the grant is bound to, or `None` for a grant that is not bound.
    ///
    /// Its identifier stays the same from the first rejected request until the handler runs, so it fits an idempotency
    /// key and a record beside the order.
    #[must_use]
    pub fn approval(&self) -> Option<&Approval> {
        self.approval.as_deref()
    }

    /// Returns the authentication method references (RFC 8176, section 2): `sms` or `tel`, and `mca`, because
    /// the code came over another channel than the request.
    ///
    /// If `mfa` applies, add it in the app. That depends on the app's own sign-in.
    #[must_use]
    pub const fn amr(&self) -> [&'static str; 2] {
        [self.channel.amr(), "mca"]
    }
}

/// Terms of a grant: all of it but the scope and the approval, which a guard knows. Small, because every guarded request passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantTerms {
    pub(crate) verified_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) channel: Channel,
    pub(crate) recognition: Recognition,
}

impl GrantTerms {
    /// Returns the time at which the grant ends on this route.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Returns the grant of a scope on these terms. It is bound to no action.
    #[must_use]
    pub const fn grant(self, scope: Scope) -> Grant {
        let Self { verified_at, expires_at, channel, recognition } = self;
        Grant { scope, verified_at, expires_at, channel, recognition, approval: None }
    }
}

/// Record that a store keeps of a grant, under its user, session and scope.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, Timestamp, store::{Binding, GrantRecord}};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let record = GrantRecord::new(Binding::Bearer, now, now + Duration::from_secs(600), Channel::Voice, None);
/// assert_eq!(record.lifetime(), Duration::from_secs(600));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantRecord {
    /// Credential that must accompany a request for the grant to count.
    pub binding: Binding,
    /// Time at which the code was verified.
    pub verified_at: Timestamp,
    /// Time at which the grant ends at the latest. A route may require a younger one.
    pub expires_at: Timestamp,
    /// Method that the challenge was met with.
    pub method: Method,
    /// Approval that the grant proves. `None` if the grant is not bound to an action. A bound grant never satisfies an
    /// unbound requirement, and an unbound grant never a bound one.
    pub approval: Option<Approval>,
}

stored!(GrantRecord { binding, verified_at, expires_at, method, approval });

impl GrantRecord {
    /// Creates a record, for a store that makes a grant or reads one back.
    #[must_use]
    pub fn new(
        binding: Binding,
        verified_at: Timestamp,
        expires_at: Timestamp,
        method: impl Into<Method>,
        approval: Option<Approval>,
    ) -> Self {
        Self { binding, verified_at, expires_at, method: method.into(), approval }
    }

    /// Returns the grant of a scope, for as long as the record lasts.
    pub(crate) fn grant(&self, scope: Scope) -> Grant {
        Grant {
            scope,
            verified_at: self.verified_at,
            expires_at: self.expires_at,
            channel: self.method.sent_over(),
            recognition: self.binding.recognition(),
            approval: self.approval.map(Box::new),
        }
    }

    /// Returns whether the grant proves the approval with this identifier.
    pub(crate) fn is_for(&self, id: &ApprovalId) -> bool {
        self.approval.is_some_and(|approval| approval.id == *id)
    }

    /// Returns the whole lifetime.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.expires_at.since(self.verified_at)
    }
}

/// Credential that must accompany a request for a grant to count.
///
/// Exhaustive, because a store that ignored a new kind would make a grant valid for the wrong requests.
///
/// ```
/// use mfakit_core::{Recognition, store::Binding};
///
/// assert_eq!(Binding::Bearer.recognition(), Recognition::Bearer);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The grant cookie whose value has this hash, from a user recognized by a cookie.
    Cookie(TokenHash),
    /// Nothing beyond the session, from a user recognized by a bearer token.
    Bearer,
}

impl Stored for Binding {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Bearer => None,
            Self::Cookie(token) => Some(*token),
        }
        .write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Option::read(from).map(|token| token.map_or(Self::Bearer, Self::Cookie))
    }
}

impl Binding {
    /// Returns the means of recognition that the binding requires.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        match self {
            Self::Cookie(_) => Recognition::Cookie,
            Self::Bearer => Recognition::Bearer,
        }
    }
}
