//! Bound grants that count for a request, until one of them is consumed.

use smallvec::SmallVec;

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    clock::Timestamp,
    decision::Denial,
    engine::{misconfigured::Misconfigured, pending_denial::PendingDenial},
    grant::{Grant, GrantTerms},
    kept_action::KeptAction,
    scope::Scope,
    token::GrantToken,
};

/// Grant cookies of a request: returns the token of the grant with this approval.
pub type GrantTokens<'a> = dyn Fn(&ApprovalId) -> Option<GrantToken> + Sync + 'a;

/// Bound grants that count for a request, for any action. There is at least one.
///
/// They let nothing pass by themselves. [`MfaBoundExt::consume_bound`](crate::adapter::MfaBoundExt::consume_bound) takes the one of the
/// request's action, and no grant that was made later.
#[derive(Clone, Debug)]
pub struct Claims {
    scope: Scope,
    claims: SmallVec<[Claim; 1]>,
}

/// One of the grants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) approval: Approval,
    pub(super) terms: GrantTerms,
}

impl Claims {
    /// Creates the claims of a request. Returns `None` if there is none.
    pub(super) fn new(scope: Scope, claims: impl IntoIterator<Item = Claim>) -> Option<Self> {
        let claims: SmallVec<_> = claims.into_iter().collect();
        (!claims.is_empty()).then_some(Self { scope, claims })
    }

    /// Returns the only grant, or `None` if there are several.
    #[must_use]
    pub fn only(&self) -> Option<Grant> {
        match self.claims.as_slice() {
            [claim] => Some(claim.grant(self.scope)),
            _ => None,
        }
    }

    /// Returns the grant of the action with this digest, if it is one of the claims.
    #[must_use]
    pub fn grant(&self, digest: &ActionDigest) -> Option<Grant> {
        self.of(digest).map(|claim| claim.grant(self.scope))
    }

    /// Returns whether the grant of the action with this digest is one of the claims. Unlike [`grant`](Self::grant), it allocates
    /// nothing.
    #[must_use]
    pub fn has(&self, digest: &ActionDigest) -> bool {
        self.of(digest).is_some()
    }

    /// Returns the claims without those that were made after `at`. Returns `None` if there is none left.
    #[must_use]
    pub(crate) fn until(mut self, at: Timestamp) -> Option<Self> {
        self.claims.retain(|claim| claim.verified_at() <= at);
        (!self.claims.is_empty()).then_some(self)
    }

    /// Returns the number of grants, at least 1.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Returns the grant for the action with this digest.
    pub(super) fn of(&self, digest: &ActionDigest) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.approval.digest == *digest)
    }
}

impl Claim {
    /// Returns whether both rest on one grant.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.approval == other.approval && self.verified_at() == other.verified_at()
    }

    pub(super) fn grant(&self, scope: Scope) -> Grant {
        Grant { approval: Some(Box::new(self.approval)), ..self.terms.grant(scope) }
    }

    const fn verified_at(&self) -> Timestamp {
        self.terms.verified_at
    }
}

/// Decision whether a request has bound grants that count.
#[derive(Debug)]
#[must_use = "a request must be rejected unless one of the claims is consumed"]
pub enum BoundCheck {
    /// These grants count.
    Claims(Claims),
    /// No grant counts. The request may not pass.
    Denied(PendingDenial),
}

/// Decision of a check for bound grants that does not wait.
#[derive(Debug)]
#[must_use = "a request must be rejected unless one of the claims is consumed"]
pub enum BoundAtOnce {
    /// The store answered at once.
    Decided(Result<BoundCheck, Misconfigured>),
    /// The check has to wait for the store, and has done nothing.
    Undecided,
}

/// State of an approval that a request names.
#[derive(Clone, Debug)]
#[must_use = "a request must be rejected unless the claim is consumed"]
pub enum Approved {
    /// The action is kept, and its grant counts.
    Granted {
        /// The grant.
        claims: Claims,
        /// The action, to be decoded and carried out once the grant is consumed.
        action: Box<KeptAction>,
    },
    /// The action is kept, and no grant counts for it; or it could not be found out. The request may not pass.
    Denied(Denial),
    /// The grant of this approval was consumed: the action was handed to a handler, which may have carried it out.
    Consumed,
    /// No such action is kept for this session and scope: it has expired, was revoked, or belongs to another session or
    /// scope.
    Over,
}
