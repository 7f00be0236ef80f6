//! Grants are ended.

use std::panic::resume_unwind;

use tracing::Instrument;

use crate::{
    engine::mfa::Mfa,
    event::{EventContext, EventKind},
    scope::Scope,
    store::{Revocation, StoreError},
    subject::{LoginId, Subject, UserId},
};

impl Mfa {
    /// Ends everything of a user: after a change of password or number, or when the account is closed
    /// [BIND-7]. What is asked for afterwards is asked for anew; so end the user's sessions first. Must be
    /// called within a tokio runtime, as all of these.
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the grants then still stand.
    pub async fn revoke_user(&self, user: &UserId) -> Result<(), StoreError> {
        self.revoke(user, Revocation::User).await
    }

    /// Ends all grants and challenges of one session. Call this on sign-out.
    ///
    /// Ending the app's session alone does not stop requests that are already under way. The identity
    /// function runs once, before the body is read, so a client can keep its answer by withholding the rest
    /// of the body. The guards check the *grant* again when the body has arrived, and revoking it here makes
    /// that check fail.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The grants then still stand.
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
    pub async fn revoke_grant(&self, subject: &Subject, scope: &Scope) -> Result<(), StoreError> {
        self.revoke(subject.user(), Revocation::Elevation(*subject.login(), *scope)).await
    }

    /// Runs to its end in a task of its own: a browser that hangs up at log-out keeps nothing.
    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let (mfa, user) = (self.clone(), user.clone());
        let revoking = async move {
            mfa.ask_store(mfa.inner.store.revoke(&user, what)).await?;
            mfa.observe(EventContext::user(&user), EventKind::Revoked { what });
            Ok(())
        };
        match tokio::spawn(revoking.in_current_span()).await {
            Ok(revoked) => revoked,
            // A panic of the store stays one, wherever it ran.
            Err(stopped) if stopped.is_panic() => resume_unwind(stopped.into_panic()),
            Err(_) => Err(StoreError::new("the app is shut down")),
        }
    }
}
