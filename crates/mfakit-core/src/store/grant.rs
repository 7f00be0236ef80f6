//! A challenge becomes a grant, and a grant ends.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::Key,
    subject::LoginId,
    token::ChallengeId,
};

/// A challenge that was met.
#[derive(Clone, Copy, Debug)]
pub struct Redeem<'a> {
    /// Whose challenge it has to be.
    pub key: Key<'a>,
    /// Which one.
    pub challenge: &'a ChallengeId,
    /// What has to come with a request for the grant to count.
    pub binding: Binding,
    /// How long the grant lasts.
    pub lifetime: Duration,
    /// Proof of the right code, kept to recognize the code when it is entered again.
    pub proof: &'a CodeProof,
    /// Nonce that the grant's token is derived from, kept beside the proof.
    pub nonce: &'a GrantNonce,
    /// What time it is.
    pub now: Timestamp,
}

/// Whether a challenge became a grant.
#[derive(Clone, Debug)]
#[must_use]
pub enum RedeemOutcome {
    /// It did.
    Granted(GrantRecord),
    /// It had been consumed, revoked or replaced meanwhile.
    Over,
}

/// Whether a grant was there to be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ConsumeOutcome {
    /// It was, and is no more: whoever hears this is the only one.
    Consumed,
    /// It was not: somebody else consumed it, it was revoked, or another has taken its place.
    Gone,
}

/// What of a user is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Everything.
    User,
    /// Everything of one log-in.
    Login(LoginId),
    /// One scope, in every log-in.
    Scope(Scope),
    /// One scope in one log-in.
    Elevation(LoginId, Scope),
}

impl Revocation {
    /// Whether it covers this log-in and scope.
    #[must_use]
    pub fn covers(&self, of_login: &LoginId, of_scope: &Scope) -> bool {
        match self {
            Self::User => true,
            Self::Login(login) => login == of_login,
            Self::Scope(scope) => scope == of_scope,
            Self::Elevation(login, scope) => login == of_login && scope == of_scope,
        }
    }
}
