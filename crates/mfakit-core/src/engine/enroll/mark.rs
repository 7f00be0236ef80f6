//! A mark in the store that a revocation removes, so that a change ends if it is revoked while a notice is sent.
//!
//! A notifier may take ten seconds, and the person may react at once. The mark is a kept action, because every revocation
//! that ends the grants of the session ends its actions too, at every instance. If the store drops the mark for
//! another reason, the change ends as well. A change leaves it without a notifier, too, because the book may be as slow.
//!
//! Recovery codes that are being made have the same mark. The mark of a change that recovery permits, and of an opening that
//! the app is about to make, has a scope of its own, so that it can be removed at all sessions when recovery is revoked, while
//! changes by a code to the number on file go on. If the store cannot remove it, this process remembers that it counts no more.

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    engine::{backend_error::BackendError, enroll::may_change::Permission, mfa::Mfa},
    kept_action::KeptAction,
    random::random,
    scope::Scope,
    store::{ActionRule, KeepAction, Key, Revocation},
    subject::{LoginId, Subject, UserId},
};

/// Limits on the actions of a user when a mark is left. They are large, so that marks of changes at the same moment leave each
/// other alone, and every value that waits for a code. Only one of these changes goes on, and the others remove theirs.
const ROOM: ActionRule = ActionRule { per_place: 256, per_user: 256 };

/// Mark of one change.
pub(in crate::engine) struct Mark {
    login: LoginId,
    scope: Scope,
    id: ApprovalId,
}

impl Mfa {
    /// Leaves the mark of a change.
    pub(in crate::engine) async fn mark(
        &self,
        subject: &Subject,
        permission: &Permission,
    ) -> Result<Mark, BackendError> {
        let scope = match permission {
            Permission::Recovery(_) => Scope::RECOVER,
            Permission::FreshSignIn | Permission::Grant(_) => Scope::MANAGE,
        };
        self.leave_mark(subject.user(), subject.login(), scope).await
    }

    /// Leaves the mark of an opening by the app, which has no session.
    pub(in crate::engine) async fn mark_of_app(&self, user: &UserId) -> Result<Mark, BackendError> {
        self.leave_mark(user, &LoginId::random(), Scope::RECOVER).await
    }

    async fn leave_mark(&self, user: &UserId, login: &LoginId, scope: Scope) -> Result<Mark, BackendError> {
        let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes(random()));
        let (id, now) = (approval.id, self.try_now()?);
        let action = KeptAction::new(approval, *login, scope, "", *b"mark")
            .with_times(now, now.plus(self.inner.policy.code_lifetime));
        let key = Key::unbound(user, login, &scope);
        let request = KeepAction { key, action: &action, rule: &ROOM, now };
        let _ = self.inner.store.keep_action(request).await?;
        Ok(Mark { login: *login, scope, id })
    }

    /// Returns whether a mark is still there, and counts.
    pub(in crate::engine) async fn is_marked(
        &self,
        user: &UserId,
        mark: &Mark,
    ) -> Result<bool, BackendError> {
        let key = Key { approval: Some(&mark.id), ..Key::unbound(user, &mark.login, &mark.scope) };
        let is_there = !self.inner.store.actions(key, self.try_now()?).await?.is_empty();
        let is_owed = |login| self.inner.owed.has(user, login);
        let has_ended = mark.scope == Scope::RECOVER && (is_owed(None) || is_owed(Some(&mark.login)));
        Ok(is_there && !has_ended)
    }

    /// Removes a mark that is not needed any more. If this fails, it expires.
    pub(in crate::engine) async fn remove_mark(&self, user: &UserId, mark: &Mark) {
        let what = Revocation::Approval(mark.login, mark.scope, mark.id);
        let _ = self.inner.store.revoke(user, what).await;
    }

    /// Ends the changes that recovery permits and that are under way: all of the user, with the openings that the app is about to
    /// make, or those of one session. Returns whether there may have been any.
    pub(in crate::engine) async fn end_recovering_changes(
        &self,
        user: &UserId,
        login: Option<&LoginId>,
    ) -> Result<bool, BackendError> {
        if let Some(login) = login {
            let what = Revocation::Elevation(*login, Scope::RECOVER);
            return self.inner.store.revoke(user, what).await.map(|()| true);
        }
        let state = self.inner.store.user_state(user, self.try_now()?).await?;
        if state.actions.iter().all(|action| action.scope != Scope::RECOVER) {
            return Ok(false);
        }
        self.inner.store.revoke(user, Revocation::Scope(Scope::RECOVER)).await?;
        Ok(true)
    }
}
