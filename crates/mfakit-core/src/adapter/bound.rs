//! Methods of the engine for bound requirements.

use crate::{
    action::{Action, ActionDigest, ApprovalId, Words},
    adapter::sealed::Sealed,
    clock::Timestamp,
    decision::{Decision, Reason},
    engine::{
        ActionError, Approved, BackendError, BoundAtOnce, BoundCheck, Claims, GrantTokens, Mfa,
        Misconfigured, PendingDenial, ProposedAction, Situation,
    },
    kept_action::KeptAction,
    requirement::Requirement,
    scope::Scope,
    subject::Subject,
};

/// Methods of [`Mfa`] for requirements that are bound to an action. This trait is sealed and implemented only for [`Mfa`].
///
/// A bound requirement is always for a single use. A request passes it in three steps:
///
/// 1. [`check_bound`](Self::check_bound) finds the grants that count. Without one, the action is extracted, and
///    [`propose`](Self::propose) keeps it.
/// 2. The arguments are extracted, and [`read_back`](Self::read_back) returns the action that the handler receives, with its
///    digest. Or the request names its approval, [`approved`](Self::approved) returns the action that is kept, and
///    [`read_kept`](Self::read_kept) reads it.
/// 3. [`consume_bound`](Self::consume_bound) reads and judges the grant of that action again, and consumes it.
pub trait MfaBoundExt: Sealed {
    /// Finds the bound grants that count for a request. Reads the store once.
    ///
    /// # Errors
    ///
    /// Returns an error if the scope was not declared, if the subject has no name, or if the store panicked. The request must
    /// then be rejected.
    fn check_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
    ) -> impl Future<Output = Result<BoundCheck, Misconfigured>> + Send;

    /// Checks a request like [`check_bound`](Self::check_bound), if the store
    /// [answers at once](crate::store::MfaStore::bound_grants_at_once). Otherwise, this does nothing. `now` is the current time,
    /// which the caller has just read.
    fn check_bound_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
        now: Timestamp,
    ) -> BoundAtOnce;

    /// Finds the action of an approval that a request names, and its grant. Reads the store once, or twice if the action is
    /// kept. [`read_kept`](Self::read_kept) checks the digest of the action.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`check_bound`](Self::check_bound).
    fn approved(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        approval: &ApprovalId,
        tokens: &GrantTokens<'_>,
    ) -> impl Future<Output = Result<Approved, Misconfigured>> + Send;

    /// Returns whether the grant of an approval of this session and scope was consumed. It is remembered until the action
    /// would have expired.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed.
    fn is_consumed(
        &self,
        subject: &Subject,
        scope: &Scope,
        approval: &ApprovalId,
    ) -> impl Future<Output = Result<bool, BackendError>> + Send;

    /// Consumes the grant of the action with this digest, if it is one of the claims and still counts. Of all concurrent
    /// calls, exactly one succeeds. Without a claim, the store is not read. `words` is called if the observer asks for the
    /// words.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`check_bound`](Self::check_bound).
    fn consume_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        digest: &ActionDigest,
        words: &(dyn Fn() -> Words + Sync),
        tokens: &GrantTokens<'_>,
        claims: &Claims,
    ) -> impl Future<Output = Result<Decision, Misconfigured>> + Send;

    /// Denies a request of the subject. The event of the denial is written when it is answered.
    fn deny_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        reason: Reason,
    ) -> PendingDenial;

    /// Returns the claims without the grants that were made after `at`, by more than
    /// [`Policy::clock_skew`](crate::Policy::clock_skew). Returns `None` if there is none left.
    fn claims_until(&self, claims: Claims, at: Timestamp) -> Option<Claims>;

    /// Returns an action as it is read from its canonical form, with its digest. Give this action to the handler, because
    /// nothing else of the original is approved.
    ///
    /// # Errors
    ///
    /// Returns an error if the action has no canonical form, or if the form is too large.
    fn read_back<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
    ) -> Result<(A, ActionDigest), ActionError>;

    /// Returns what [`read_back`](Self::read_back) returns. If one of the claims is for this action, it was read back when it was
    /// kept, and this takes less time.
    ///
    /// # Errors
    ///
    /// Returns the same errors as `read_back`.
    fn read_approved<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
        claims: &Claims,
    ) -> Result<(A, ActionDigest), ActionError>;

    /// Reads a kept action. Returns `None` if it is of another type, if it was changed, or if its type has changed since. Its
    /// approval is then over.
    fn read_kept<A: Action>(&self, action: &KeptAction) -> Option<A>;

    /// Keeps an action of a session until it is approved. `target` is the path and query of the guarded `POST`, and is left
    /// out if it has more than 512 bytes. The same action has one approval, however often it is proposed. If the grant of an earlier
    /// approval of it was consumed a short time ago, the answer names that one as well.
    ///
    /// # Errors
    ///
    /// Returns an error if the action has no canonical form or is too large, if it lacks what its scope requires, or if the
    /// store failed or is full.
    fn propose<A: Action>(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        action: &A,
        target: Option<&str>,
    ) -> impl Future<Output = Result<ProposedAction, ActionError>> + Send;

    /// Returns the state of `subject` with regard to an action: the one of the approval, or else the newest that is kept for
    /// the session and scope. Otherwise like [`MfaExt::situation`](crate::adapter::MfaExt::situation).
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed, or if the directory panicked.
    fn bound_situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        approval: Option<&ApprovalId>,
        tokens: &GrantTokens<'_>,
    ) -> impl Future<Output = Result<Situation, BackendError>> + Send;
}

impl MfaBoundExt for Mfa {
    async fn check_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
    ) -> Result<BoundCheck, Misconfigured> {
        self.check_bound(subject, requirement, tokens).await
    }

    fn check_bound_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
        now: Timestamp,
    ) -> BoundAtOnce {
        self.check_bound_at_once(subject, requirement, tokens, now)
    }

    async fn approved(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        approval: &ApprovalId,
        tokens: &GrantTokens<'_>,
    ) -> Result<Approved, Misconfigured> {
        self.approved(subject, requirement, approval, tokens).await
    }

    async fn is_consumed(
        &self,
        subject: &Subject,
        scope: &Scope,
        approval: &ApprovalId,
    ) -> Result<bool, BackendError> {
        self.is_consumed(subject, scope, approval).await
    }

    async fn consume_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        digest: &ActionDigest,
        words: &(dyn Fn() -> Words + Sync),
        tokens: &GrantTokens<'_>,
        claims: &Claims,
    ) -> Result<Decision, Misconfigured> {
        self.consume_bound(subject, requirement, digest, words, tokens, claims).await
    }

    fn deny_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        reason: Reason,
    ) -> PendingDenial {
        self.deny_bound(subject, requirement, reason)
    }

    fn claims_until(&self, claims: Claims, at: Timestamp) -> Option<Claims> {
        claims.until(at.plus(self.policy().clock_skew))
    }

    fn read_back<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
    ) -> Result<(A, ActionDigest), ActionError> {
        self.read_back(requirement, action)
    }

    fn read_approved<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
        claims: &Claims,
    ) -> Result<(A, ActionDigest), ActionError> {
        self.read_approved(requirement, action, claims)
    }

    fn read_kept<A: Action>(&self, action: &KeptAction) -> Option<A> {
        Self::read_kept(action)
    }

    fn propose<A: Action>(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        action: &A,
        target: Option<&str>,
    ) -> impl Future<Output = Result<ProposedAction, ActionError>> + Send {
        // The future does not hold the action, which threads may not be able to share.
        let (scope, proposal) = (requirement.scope(), self.proposal(requirement.scope(), action));
        async move { self.keep(subject, scope, proposal?, target).await }
    }

    async fn bound_situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        approval: Option<&ApprovalId>,
        tokens: &GrantTokens<'_>,
    ) -> Result<Situation, BackendError> {
        self.bound_situation(subject, requirement, approval, tokens).await
    }
}
