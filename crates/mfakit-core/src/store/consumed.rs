//! Approvals that were consumed, as a store remembers them.

use std::time::Duration;

use crate::{
    approval::{Approval, ApprovalId},
    clock::Timestamp,
    kept_action::KeptAction,
    scope::Scope,
    stored::stored,
    subject::LoginId,
};

/// Approval that was consumed a short time ago. It lets nothing pass.
///
/// A program that has lost the answer to a request may repeat it. The answer to that request names the approval, so that the
/// program does not have the same action carried out twice.
///
/// ```
/// use mfakit_core::{LoginId, Scope, Timestamp};
/// use mfakit_core::store::{ActionDigest, Approval, ApprovalId, ConsumedAction};
///
/// let (at, scope) = (Timestamp::from_millis(1_767_268_800_000), Scope::new("transfer")?);
/// let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes([7; 32]));
/// let consumed = ConsumedAction::new(approval, LoginId::random(), scope, at);
/// assert_eq!(consumed.consumed_at, at);
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumedAction {
    /// Identifier of the approval, and digest of the action.
    pub approval: Approval,
    /// Session of the approval.
    pub login: LoginId,
    /// Scope of the approval.
    pub scope: Scope,
    /// Time at which the grant was consumed. A store that has a clock of its own returns the time that the clock of the caller
    /// showed then, so that the time since is right.
    pub consumed_at: Timestamp,
}

stored!(ConsumedAction { approval, login, scope, consumed_at });

impl ConsumedAction {
    /// Shortest time for which a store remembers an approval after it was consumed: ten minutes. This is longer than a
    /// client waits for an answer.
    pub const REMEMBERED_FOR: Duration = Duration::from_secs(10 * 60);

    /// Number of consumed approvals of one user that a store remembers at least: 100, those that were consumed last. Every
    /// approval needs a code, so a person does not reach it.
    pub const MOST_OF_USER: usize = 100;

    /// Creates a record, for a store.
    #[must_use]
    pub const fn new(approval: Approval, login: LoginId, scope: Scope, consumed_at: Timestamp) -> Self {
        Self { approval, login, scope, consumed_at }
    }

    /// Returns whether it is the approval of an action with the same digest, session and scope.
    pub(crate) fn is_like(&self, action: &KeptAction) -> bool {
        let KeptAction { approval, login, scope, .. } = action;
        (self.approval.digest, self.login, self.scope) == (approval.digest, *login, *scope)
    }

    /// Returns the newest of these approvals that is [like](Self::is_like) an action.
    pub(crate) fn newest_like<'a>(all: &'a [Self], action: &KeptAction) -> Option<&'a Self> {
        all.iter().filter(|consumed| consumed.is_like(action)).max_by_key(|consumed| consumed.order())
    }

    /// Returns the order in which approvals were consumed.
    pub(crate) const fn order(&self) -> (Timestamp, ApprovalId) {
        (self.consumed_at, self.approval.id)
    }
}
