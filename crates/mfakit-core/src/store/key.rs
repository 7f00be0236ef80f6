//! Owner of a record.

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    kept_action::KeptAction,
    proof::Entered,
    scope::Scope,
    subject::{LoginId, UserId},
};

/// Owner of a challenge or a grant: a user, a session, a scope, and an approval if the record is bound to an action.
///
/// A bound record and an unbound one have different owners. So the code of one never redeems the other, and the grant of
/// one is never returned for the other.
///
/// Exhaustive on purpose: a store that ignored a new part of the key would mix the records of two owners.
///
/// ```
/// use mfakit_core::{LoginId, Scope, UserId, store::{ApprovalId, Key}};
///
/// let (user, login, scope) = (UserId::from("alice"), LoginId::random(), Scope::new("transfer")?);
/// let unbound = Key::unbound(&user, &login, &scope);
/// let approval = ApprovalId::random();
/// let bound = Key { approval: Some(&approval), ..unbound };
/// assert_eq!(bound.unbind().approval, None);
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// User of the record.
    pub user: &'a UserId,
    /// Session of the record.
    pub login: &'a LoginId,
    /// Scope of the record.
    pub scope: &'a Scope,
    /// Approval of the record. `None` if the record is not bound to an action.
    pub approval: Option<&'a ApprovalId>,
}

impl<'a> Key<'a> {
    /// Creates the key of records that are not bound to an action.
    #[must_use]
    pub const fn unbound(user: &'a UserId, login: &'a LoginId, scope: &'a Scope) -> Self {
        Self { user, login, scope, approval: None }
    }

    /// Creates the key of a challenge that a code was entered for.
    pub(crate) const fn of(entered: &Entered<'a>) -> Self {
        let Entered { subject, scope, approval, .. } = *entered;
        Self { user: subject.user(), login: subject.login(), scope, approval }
    }

    /// Returns the key for the same user, session and scope without an approval.
    #[must_use]
    pub const fn unbind(self) -> Self {
        Self { approval: None, ..self }
    }

    /// Returns whether a challenge of this user has this session, this scope and this approval.
    #[must_use]
    pub fn owns(&self, challenge: &Challenge) -> bool {
        challenge.login == *self.login
            && challenge.scope == *self.scope
            && challenge.approval.as_ref().map(|approval| &approval.id) == self.approval
    }

    /// Returns whether an action of this user has this session and scope, and this approval if the key has one.
    pub(crate) fn keeps(&self, action: &KeptAction) -> bool {
        action.login == *self.login
            && action.scope == *self.scope
            && self.approval.is_none_or(|id| *id == action.approval.id)
    }
}
