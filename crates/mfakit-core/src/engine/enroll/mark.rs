//! A mark in the store that a revocation removes, so that a change ends if it is revoked while a notice is sent.
//!
//! A notifier may take ten seconds, and the person may react at once. The mark is a kept action, because every revocation
//! that ends the grants of the session ends its actions too, at every instance. If the store drops the mark for
//! another reason, the change ends as well.
//!
//! The mark of a change that recovery permits has a scope of its own, so that it can be removed at all sessions when recovery
//! is revoked, while changes by a code to the number on file go on.

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    engine::{backend_error::BackendError, enroll::may_change::Permission, mfa::Mfa},
    kept_action::KeptAction,
    random::random,
    scope::Scope,
    store::{ActionRule, KeepAction, Key, Revocation},
    subject::{Subject, UserId},
};

/// Mark of one change.
pub(super) struct Mark(ApprovalId, Scope);

impl Mfa {
    /// Leaves a mark. `None` without a notifier, because the change is then made at once.
    pub(super) async fn mark(
        &self,
        subject: &Subject,
        permission: &Permission,
    ) -> Result<Option<Mark>, BackendError> {
        if self.inner.notifier.is_none() {
            return Ok(None);
        }
        let scope = match permission {
            Permission::Recovery(_) => Scope::RECOVER,
            Permission::FreshSignIn | Permission::Grant(_) => Scope::MANAGE,
        };
        let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes(random()));
        let (id, now) = (approval.id, self.try_now()?);
        let action = KeptAction::new(approval, *subject.login(), scope, "", *b"mark")
            .with_times(now, now.plus(self.inner.policy.code_lifetime));
        let key = Key::unbound(subject.user(), subject.login(), &scope);
        let request = KeepAction { key, action: &action, rule: &ActionRule::default(), now };
        let _ = self.inner.store.keep_action(request).await?;
        Ok(Some(Mark(id, scope)))
    }

    /// Returns whether a mark is still there.
    pub(super) async fn is_marked(&self, subject: &Subject, mark: &Mark) -> Result<bool, BackendError> {
        let key = Key::unbound(subject.user(), subject.login(), &mark.1);
        let key = Key { approval: Some(&mark.0), ..key };
        Ok(!self.inner.store.actions(key, self.try_now()?).await?.is_empty())
    }

    /// Removes a mark whose change was not made. If this fails, it expires.
    pub(super) async fn remove_mark(&self, subject: &Subject, mark: &Mark) {
        let what = Revocation::Approval(*subject.login(), mark.1, mark.0);
        let _ = self.inner.store.revoke(subject.user(), what).await;
    }

    /// Ends the changes that recovery permits and whose notice is being sent. Returns whether there were any.
    pub(in crate::engine) async fn end_recovering_changes(
        &self,
        user: &UserId,
    ) -> Result<bool, BackendError> {
        if self.inner.notifier.is_none() {
            return Ok(false);
        }
        let state = self.inner.store.user_state(user, self.try_now()?).await?;
        if state.actions.iter().all(|action| action.scope != Scope::RECOVER) {
            return Ok(false);
        }
        self.inner.store.revoke(user, Revocation::Scope(Scope::RECOVER)).await?;
        Ok(true)
    }
}
