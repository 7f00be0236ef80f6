//! Keeps an action until it is approved.
//!
//! 1. The action is read from its canonical form, and writing it again gives the same bytes. What is shown, kept and given to
//!    a handler is this action, and not the one of the request.
//! 2. The same action in the same session and scope has one approval, however often it is requested.
//! 3. An action is kept for as long as a code is accepted. Its challenge and its grant extend it.

use std::{any::type_name, time::Duration};

use crate::{
    action::{
        Action, ActionDigest, Approval, ApprovalId, CanonicalAction, InvalidAction, MAX_ACTION, Words,
        decode_kept, read_approved, read_back, safe_text::is_blank,
    },
    clock::Timestamp,
    engine::{action_error::ActionError, claims::Claims, mfa::Mfa, misconfigured::Misconfigured},
    kept_action::KeptAction,
    requirement::Requirement,
    scope::Scope,
    store::{ActionRule, ConsumedAction, KeepAction, Key},
    subject::Subject,
};

/// Maximum length in bytes of the target that is kept with an action.
const LONGEST_TARGET: usize = 512;

/// Action to be kept.
pub(crate) struct Proposal {
    /// Name of its type.
    name: &'static str,
    canonical: CanonicalAction,
    words: Words,
}

/// Action that is kept until it is approved.
///
/// ```
/// use mfakit_core::{Mfa, Requirement, Subject, adapter::MfaBoundExt, action::{Action, Approval}};
///
/// /// Returns the approval that a request waits for, and whether the same was carried out a short time ago.
/// async fn propose(mfa: &Mfa, subject: &Subject, order: &impl Action) -> Option<(Approval, bool)> {
///     let requirement = Requirement::new("transfer".parse().ok()?);
///     let proposed = mfa.propose(subject, &requirement, order, None).await.ok()?;
///     Some((proposed.approval, proposed.consumed.is_some()))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProposedAction {
    /// Approval that the action waits for.
    pub approval: Approval,
    /// Approval of the same action in this session and scope that was consumed a short time ago. The request may be the
    /// repetition of one whose answer was lost.
    pub consumed: Option<ConsumedApproval>,
}

/// Approval that was consumed a short time ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumedApproval {
    /// Identifier of the approval.
    pub id: ApprovalId,
    /// Time since it was consumed.
    pub ago: Duration,
}

impl ConsumedApproval {
    pub(super) const fn new(consumed: &ConsumedAction, now: Timestamp) -> Self {
        Self { id: consumed.approval.id, ago: now.since(consumed.consumed_at) }
    }
}

impl Mfa {
    /// Returns an action as it is kept.
    pub(crate) fn proposal<A: Action>(&self, scope: &Scope, action: &A) -> Result<Proposal, ActionError> {
        if !self.declared(scope)?.approves::<A>() {
            return Err(self
                .misconfigured(Misconfigured::other_payment(scope.as_str(), type_name::<A>()))
                .into());
        }
        let (canonical, action) =
            CanonicalAction::read_back(scope, action).map_err(|why| self.invalid_action::<A>(scope, &why))?;
        Ok(Proposal { name: type_name::<A>(), canonical, words: action.words() })
    }

    /// Returns an action as it is read from its canonical form, with its digest.
    pub(crate) fn read_back<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
    ) -> Result<(A, ActionDigest), ActionError> {
        let scope = requirement.scope();
        read_back(scope, action).map_err(|why| self.invalid_action::<A>(scope, &why))
    }

    /// Returns an action as it is read from its canonical form, with its digest. A form of which one of the claims has the
    /// digest was checked when it was kept.
    pub(crate) fn read_approved<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
        claims: &Claims,
    ) -> Result<(A, ActionDigest), ActionError> {
        let scope = requirement.scope();
        let is_approved = |digest: &ActionDigest| claims.of(digest).is_some();
        read_approved(scope, action, is_approved).map_err(|why| self.invalid_action::<A>(scope, &why))
    }

    /// Reads a kept action, unless it is of another type or cannot be read.
    pub(crate) fn read_kept<A: Action>(action: &KeptAction) -> Option<A> {
        decode_kept(&action.scope, &action.canonical, &action.approval.digest)
    }

    /// Returns the error for an action without a canonical form. A mistake in its type is reported.
    fn invalid_action<A: Action>(&self, scope: &Scope, why: &InvalidAction) -> ActionError {
        if why.is_too_large() {
            return ActionError::TooLarge;
        }
        self.misconfigured(Misconfigured::action(type_name::<A>(), scope.as_str(), why)).into()
    }

    /// Keeps an action.
    pub(crate) async fn keep(
        &self,
        subject: &Subject,
        scope: &Scope,
        Proposal { name, canonical, words }: Proposal,
        target: Option<&str>,
    ) -> Result<ProposedAction, ActionError> {
        self.named(Some(subject))?;
        let settings = self.declared(scope)?;
        if settings.is_enroll() {
            return Err(self.misconfigured(Misconfigured::enroll_scope()).into());
        }
        if settings.is_psd2() {
            self.check_payment(scope, name, &words)?;
        }
        let words = serde_json::to_string(&words).map_err(|error| {
            self.misconfigured(Misconfigured::action(name, scope.as_str(), error.to_string()))
        })?;
        if words.len() > MAX_ACTION {
            return Err(ActionError::TooLarge);
        }
        let digest = canonical.digest();
        let approval = Approval::new(ApprovalId::random(), digest);
        let (now, lifetime) = (self.try_now()?, self.inner.policy.code_lifetime);
        let target = target.filter(|target| target.len() <= LONGEST_TARGET).map(str::to_owned);
        let action = KeptAction::new(approval, *subject.login(), *scope, words, canonical.into_bytes())
            .with_target(target)
            .with_times(now, now.plus(lifetime));
        let key = Key::unbound(subject.user(), subject.login(), scope);
        let rule = &ActionRule::default();
        let kept = self.inner.store.keep_action(KeepAction { key, action: &action, rule, now }).await?;
        let consumed = kept.consumed.map(|consumed| ConsumedApproval::new(&consumed, now));
        Ok(ProposedAction { approval: Approval::new(kept.outcome.id(), digest), consumed })
    }

    /// Checks that a payer is made aware of the amount and the payee. An action without one of them may be a mistake in its
    /// type, or a choice of the request.
    fn check_payment(&self, scope: &Scope, name: &str, words: &Words) -> Result<(), ActionError> {
        match (words.amount(), words.payee()) {
            (Some(amount), Some(payee)) if amount.minor() > 0 && !is_blank(payee) => return Ok(()),
            (Some(_), Some(_)) => {}
            _ if self.inner.payment_reports.is_first(*scope) => {
                let why = "a scope with .psd2() needs an amount and a payee in every value, and a value had none: check \
                           the words() of the type, and that no Option with #[action(amount)] or #[action(payee)] is None";
                self.misconfigured(Misconfigured::action(name, scope.as_str(), why));
            }
            _ => {}
        }
        Err(ActionError::Blank)
    }
}
