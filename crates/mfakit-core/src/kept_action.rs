//! Action that is kept until it is approved and carried out.

use std::fmt;

use crate::{approval::Approval, clock::Timestamp, scope::Scope, stored::stored, subject::LoginId};

/// Record that a store keeps of an action, from the first request that was rejected for it until its grant is consumed
/// or it expires.
///
/// A store writes the words, the canonical form and the target down and reads them back unchanged. It looks into none of
/// them. `Debug` shows their lengths only, because they are the app's data.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{LoginId, Scope, Timestamp, store::{ActionDigest, Approval, ApprovalId, KeptAction}};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes([7; 32]));
/// let action = KeptAction::new(approval, LoginId::random(), Scope::new("transfer")?, "{}", *b"{}")
///     .with_target(Some("/transfer".to_owned()))
///     .with_times(now, now + Duration::from_secs(300));
/// assert_eq!(action.lifetime(), Duration::from_secs(300));
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptAction {
    /// Identifier of the approval, and digest of the action.
    pub approval: Approval,
    /// Session that the action is kept for.
    pub login: LoginId,
    /// Scope that approves the action.
    pub scope: Scope,
    /// Words that the action is shown in, as JSON.
    pub words: String,
    /// Canonical form of the action, at most 4,096 bytes.
    pub canonical: Vec<u8>,
    /// Path and query of the guarded `POST`, at most 512 bytes. `None` if the action came from another request.
    pub target: Option<String>,
    /// Time of the first request.
    pub kept_at: Timestamp,
    /// Time at which the action expires. A challenge or a grant of its approval extends it.
    pub expires_at: Timestamp,
}

stored!(KeptAction { approval, login, scope, words, canonical, target, kept_at, expires_at });

impl KeptAction {
    /// Creates an action that has expired: it has no times, and no target.
    pub fn new(
        approval: Approval,
        login: LoginId,
        scope: Scope,
        words: impl Into<String>,
        canonical: impl Into<Vec<u8>>,
    ) -> Self {
        let (words, canonical, never) = (words.into(), canonical.into(), Timestamp::from_millis(0));
        Self { approval, login, scope, words, canonical, target: None, kept_at: never, expires_at: never }
    }

    /// Sets the path and query of the guarded `POST`.
    #[must_use]
    pub fn with_target(mut self, target: Option<String>) -> Self {
        self.target = target;
        self
    }

    /// Sets the time of the first request and the time of expiry.
    #[must_use]
    pub const fn with_times(mut self, kept_at: Timestamp, expires_at: Timestamp) -> Self {
        self.kept_at = kept_at;
        self.expires_at = expires_at;
        self
    }

    /// Returns the time between the first request and the expiry.
    #[must_use]
    pub const fn lifetime(&self) -> std::time::Duration {
        self.expires_at.since(self.kept_at)
    }
}

impl fmt::Debug for KeptAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { approval, login, scope, words, canonical, target, kept_at, expires_at } = self;
        f.debug_struct("KeptAction")
            .field("approval", approval)
            .field("login", login)
            .field("scope", scope)
            .field("words", &format_args!("{} bytes", words.len()))
            .field("canonical", &format_args!("{} bytes", canonical.len()))
            .field("target", &format_args!("{} bytes", target.as_ref().map_or(0, String::len)))
            .field("kept_at", kept_at)
            .field("expires_at", expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::{ActionDigest, ApprovalId};

    #[test]
    fn debug_shows_nothing_that_the_app_wrote() {
        let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes([7; 32]));
        let action =
            KeptAction::new(approval, LoginId::random(), Scope::new("pay").unwrap(), "ACME", *b"ACME!")
                .with_target(Some("/pay?to=ACME".to_owned()));
        let shown = format!("{action:?}");
        assert!(
            !shown.contains("ACME") && shown.contains("5 bytes") && shown.contains("12 bytes"),
            "{shown}"
        );
    }
}
