//! A kept action, as shown to its owner.

use std::time::Duration;

use crate::{
    action::{Approval, Words},
    clock::Timestamp,
    kept_action::KeptAction,
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
}

impl ShownAction {
    pub(super) fn new(action: KeptAction, words: Words, now: Timestamp) -> Self {
        let KeptAction { approval, target, expires_at, .. } = action;
        Self { approval, words, target, expires_in: expires_at.since(now) }
    }
}
