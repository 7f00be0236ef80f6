//! Grants are ended.

use crate::{Event, LoginId, Mfa, Revocation, Scope, StoreError, Subject, UserId};

impl Mfa {
    /// Ends everything of a user: after a change of password or number, or when the account is closed
    /// [BIND-7].
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the grants then still stand.
    pub async fn revoke_user(&self, user: &UserId) -> Result<(), StoreError> {
        self.revoke(user, Revocation::User).await
    }

    /// Ends everything of one log-in: at log-out.
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the grants then still stand.
    pub async fn revoke_login(&self, user: &UserId, login: &LoginId) -> Result<(), StoreError> {
        self.revoke(user, Revocation::Login(*login)).await
    }

    /// Ends a user's grants for one scope, in every log-in.
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the grants then still stand.
    pub async fn revoke_scope(&self, user: &UserId, scope: &Scope) -> Result<(), StoreError> {
        self.revoke(user, Revocation::Scope(*scope)).await
    }

    /// Ends the grant for one scope in this log-in: the person drops it.
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the grant then still stands.
    pub async fn drop_elevation(&self, subject: &Subject, scope: &Scope) -> Result<(), StoreError> {
        self.revoke(subject.user(), Revocation::Elevation(*subject.login(), *scope)).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.ask_store(self.inner.store.revoke(user, what)).await?;
        self.observe(&Event::Revoked { user, what });
        Ok(())
    }
}
