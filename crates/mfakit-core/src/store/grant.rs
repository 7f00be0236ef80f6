//! Making grants, consuming them and revoking them.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::Key,
    subject::LoginId,
    token::ChallengeId,
};

/// Request to turn a completed challenge into a grant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Redeem<'a> {
    /// Owner that the challenge must have.
    pub key: Key<'a>,
    /// Identifier of the challenge.
    pub challenge: &'a ChallengeId,
    /// Credential that must accompany a request for the grant to count.
    pub binding: Binding,
    /// Lifetime of the grant.
    pub lifetime: Duration,
    /// Proof of the right code, kept to recognize the code when it is entered again.
    pub proof: &'a CodeProof,
    /// Nonce that the grant's token is derived from, kept together with the proof.
    pub nonce: &'a GrantNonce,
    /// Current time.
    pub now: Timestamp,
}

impl<'a> Redeem<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(
        key: Key<'a>,
        challenge: &'a ChallengeId,
        binding: Binding,
        lifetime: Duration,
        proof: &'a CodeProof,
        nonce: &'a GrantNonce,
        now: Timestamp,
    ) -> Self {
        Self { key, challenge, binding, lifetime, proof, nonce, now }
    }
}

/// Outcome of redeeming a challenge.
#[derive(Clone, Debug)]
#[must_use]
pub enum RedeemOutcome {
    /// The challenge was consumed, and this grant was made.
    Granted(GrantRecord),
    /// The challenge had been consumed, revoked or replaced in the meantime.
    Over,
}

/// Outcome of consuming a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ConsumeOutcome {
    /// The grant was consumed. Exactly one caller gets this.
    Consumed,
    /// The grant was gone: another caller consumed it, it was revoked, or another grant replaced it.
    Gone,
}

/// Part of a user's grants and challenges that a revocation ends.
///
/// Exhaustive on purpose: a store that ignored a case would not revoke.
///
/// ```
/// use mfakit_core::{LoginId, Scope, store::{ApprovalId, Revocation}};
///
/// let (here, elsewhere, pay) = (LoginId::random(), LoginId::random(), Scope::new("pay")?);
/// assert!(Revocation::Login(here).covers(&here, &pay, None));
/// assert!(!Revocation::Login(here).covers(&elsewhere, &pay, None));
///
/// let (one, other) = (ApprovalId::random(), ApprovalId::random());
/// assert!(Revocation::Approval(here, pay, one).covers(&here, &pay, Some(&one)));
/// assert!(!Revocation::Approval(here, pay, one).covers(&here, &pay, Some(&other)));
/// assert!(!Revocation::Approval(here, pay, one).covers(&here, &pay, None));
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Everything of the user.
    User,
    /// Everything of one session.
    Login(LoginId),
    /// One scope, in every session.
    Scope(Scope),
    /// One scope in one session, with all approvals.
    Elevation(LoginId, Scope),
    /// One approval of one scope in one session: its action, its challenges and its grant.
    Approval(LoginId, Scope, ApprovalId),
}

impl Revocation {
    /// Returns whether the revocation covers a record of this session, scope and approval. A send in flight counts as a
    /// record without an approval, because it opens no challenge once its action is gone.
    #[must_use]
    pub fn covers(&self, of_login: &LoginId, of_scope: &Scope, of_approval: Option<&ApprovalId>) -> bool {
        match self {
            Self::User => true,
            Self::Login(login) => login == of_login,
            Self::Scope(scope) => scope == of_scope,
            Self::Elevation(login, scope) => login == of_login && scope == of_scope,
            Self::Approval(login, scope, id) => {
                login == of_login && scope == of_scope && of_approval == Some(id)
            }
        }
    }

    /// Returns whether the store still knows afterward that a covered approval was consumed. A person may cancel a payment in
    /// one tab that was sent in another, and must not read that it was never sent. Only the end of the session or of
    /// everything of the user ends this knowledge.
    #[must_use]
    pub const fn keeps_consumed(&self) -> bool {
        match self {
            Self::User | Self::Login(_) => false,
            Self::Scope(_) | Self::Elevation(..) | Self::Approval(..) => true,
        }
    }
}
