//! Words of kept actions.

use crate::{
    action::Words,
    engine::{backend_error::BackendError, mfa::Mfa},
    kept_action::KeptAction,
    store::Key,
};

impl Mfa {
    /// Reads the words of a kept action. Words that cannot be read are reported, and are an error, so no code
    /// is sent for them.
    pub(super) fn read_words(&self, action: &KeptAction) -> Result<Words, BackendError> {
        let unreadable = |error: serde_json::Error| {
            // The text of the error may quote the words, which are data of the app.
            let at = (error.line(), error.column());
            self.inner.store.unreadable(&format!("the words of a kept action cannot be read, at {at:?}"))
        };
        serde_json::from_str(&action.words).map_err(unreadable)
    }

    /// Returns the words of the action of the approval in the key, for an event. `None` if they cannot be read.
    pub(super) async fn words_of(&self, key: Key<'_>) -> Option<Words> {
        key.approval?;
        let kept = self.inner.store.actions(key, self.inner.clock.now()).await.ok()?;
        let own = kept.iter().find(|action| Some(&action.approval.id) == key.approval)?;
        self.read_words(own).ok()
    }
}
