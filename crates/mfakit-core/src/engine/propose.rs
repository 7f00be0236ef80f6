//! Keeps an action until it is approved.
//!
//! 1. The canonical form is checked when an action is kept: reading it and writing it again gives the same bytes. So the
//!    action that a handler gets by the identifier of its approval is the one that was shown.
//! 2. The same action in the same session and scope has one approval, however often it is requested.
//! 3. An action is kept for as long as a code is accepted. Its challenge and its grant extend it.

use std::any::type_name;

use crate::{
    action::{
        Action, ActionDigest, Approval, ApprovalId, CanonicalAction, InvalidAction, Words, digest_of,
        safe_text::is_blank,
    },
    engine::{action_error::ActionError, mfa::Mfa, misconfigured::Misconfigured},
    kept_action::KeptAction,
    requirement::Requirement,
    scope::Scope,
    store::{ActionRule, KeepAction, Key},
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

impl Mfa {
    /// Returns an action as it is kept.
    pub(crate) fn proposal<A: Action>(&self, scope: &Scope, action: &A) -> Result<Proposal, ActionError> {
        let canonical =
            CanonicalAction::new(scope, action).map_err(|why| self.invalid_action::<A>(scope, &why))?;
        Ok(Proposal { name: type_name::<A>(), canonical, words: action.words() })
    }

    /// Returns the digest of an action.
    pub(crate) fn digest<A: Action>(
        &self,
        requirement: &Requirement,
        action: &A,
    ) -> Result<ActionDigest, ActionError> {
        digest_of(requirement.scope(), action)
            .map_err(|why| self.invalid_action::<A>(requirement.scope(), &why))
    }

    /// Returns the error for an action without a canonical form. A mistake in its type is reported.
    pub(crate) fn invalid_action<A: Action>(&self, scope: &Scope, why: &InvalidAction) -> ActionError {
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
    ) -> Result<Approval, ActionError> {
        self.named(Some(subject))?;
        let mistake = |why: &str| self.misconfigured(Misconfigured::action(name, scope.as_str(), why));
        if self.declared(scope)?.is_psd2() {
            let (Some(amount), Some(payee)) = (words.amount(), words.payee()) else {
                let why = "a scope with .psd2() needs an amount and a payee: mark a field with #[action(amount)] and another \
                           with #[action(payee)]";
                return Err(mistake(why).into());
            };
            // The payer must be aware of both.
            if amount.minor() == 0 || is_blank(payee) {
                return Err(ActionError::Blank);
            }
        }
        let words = serde_json::to_string(&words).map_err(|error| mistake(&error.to_string()))?;
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
        Ok(Approval::new(kept.id(), digest))
    }
}
