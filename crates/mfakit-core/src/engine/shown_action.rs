//! A kept action, as shown to its owner.

use std::time::Duration;

use crate::{
    action::{Approval, Words},
    clock::Timestamp,
    engine::propose::ConsumedApproval,
    kept_action::KeptAction,
    scope::Scope,
    store::ConsumedAction,
};

/// Action that waits for its approval, or that is approved and not carried out yet, as shown to its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownAction {
    /// Identifier of the approval, and digest of the action.
    pub approval: Approval,
    /// Words of the action.
    pub words: Words,
    /// Path and query of the guarded `POST`. `None` if the action came from another request.
    pub target: Option<String>,
    /// Time for which the action is kept.
    pub expires_in: Duration,
    /// Approval of the same action in this session and scope that was consumed a short time ago.
    pub consumed: Option<ConsumedApproval>,
}

impl ShownAction {
    /// Creates an action as shown to its owner. `all` are the approvals of the user that were consumed.
    pub(super) fn new(action: KeptAction, words: Words, all: &[ConsumedAction], now: Timestamp) -> Self {
        // A number that a person entered may be one that they had before.
        let is_named = action.scope != Scope::ENROLL;
        let consumed = is_named.then(|| ConsumedAction::newest_like(all, &action)).flatten();
        let consumed = consumed.map(|consumed| ConsumedApproval::new(consumed, now));
        let KeptAction { approval, target, expires_at, .. } = action;
        Self { approval, words, target, expires_in: expires_at.since(now), consumed }
    }
}
