//! Revokes grants and challenges.

use crate::{
    approval::ApprovalId,
    engine::{backend_error::BackendError, mfa::Mfa},
    event::{EventContext, EventKind},
    scope::Scope,
    store::Revocation,
    subject::{LoginId, Subject, UserId},
};

impl Mfa {
    /// Ends all grants and challenges of a user. Call this after a password or number changes, and when the account is
    /// closed [BIND-7].
    ///
    /// End the user's sessions first, because a remaining session can request a new code. This and the other `revoke_…`
    /// methods must be called within a tokio runtime, and run to completion even if the caller stops waiting.
    ///
    /// ```
    /// # use mfakit_core::{Mfa, UserId};
    /// # async fn example(mfa: Mfa) -> Result<(), Box<dyn std::error::Error>> {
    /// mfa.revoke_user(&UserId::from("alice")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the recovery book failed. The grants, or what a recovery has opened, may then still be
    /// valid.
    pub async fn revoke_user(&self, user: &UserId) -> Result<(), BackendError> {
        self.revoke(user, Revocation::User).await
    }

    /// Ends all grants and challenges of the subject's session. Call this on sign-out, after you have ended the session
    /// itself.
    ///
    /// A handler calls `StepUp::sign_out` of `mfakit` instead, which identifies the caller.
    ///
    /// ```
    /// # use mfakit_core::{LoginId, Mfa, Subject};
    /// # async fn example(mfa: Mfa) -> Result<(), Box<dyn std::error::Error>> {
    /// # let (user, session) = ("alice", "9b3f7ac1d0");
    /// mfa.sign_out(&Subject::cookie(user, LoginId::from_session_id(session))).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the recovery book failed. The grants, or what a recovery code has opened, may then still
    /// be valid.
    pub async fn sign_out(&self, subject: &Subject) -> Result<(), BackendError> {
        self.revoke_login(subject.user(), subject.login()).await
    }

    /// Ends all grants and challenges of one session, as [`sign_out`](Self::sign_out) does.
    ///
    /// Ending the app's session alone does not stop requests that are already in progress. For a guarded request, the
    /// identity function runs once, before the body is read, so a client can keep its answer by withholding the rest of
    /// the body. The guards check the *grant* again when the body has arrived, and revoking it here makes that check fail.
    /// A grant that is made later does not replace it.
    ///
    /// The routes that start and verify call the identity function again when a late body has arrived. Nothing is kept
    /// about the revoked session, so a call for which that function still returns the session makes a new challenge or
    /// grant in it.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The grants may then still be valid.
    pub async fn revoke_login(&self, user: &UserId, login: &LoginId) -> Result<(), BackendError> {
        self.revoke(user, Revocation::Login(*login)).await
    }

    /// Ends a user's grants and challenges for one scope, in every session.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The grants may then still be valid.
    pub async fn revoke_scope(&self, user: &UserId, scope: &Scope) -> Result<(), BackendError> {
        self.revoke(user, Revocation::Scope(*scope)).await
    }

    /// Ends the grant for one scope in this session, because the user no longer needs it. If actions are kept for the scope,
    /// this ends all of their approvals in the session. [`revoke_approval`](Self::revoke_approval) ends one of them.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The grant may then still be valid.
    pub async fn revoke_grant(&self, subject: &Subject, scope: &Scope) -> Result<(), BackendError> {
        self.revoke(subject.user(), Revocation::Elevation(*subject.login(), *scope)).await
    }

    /// Ends one approval of this session, because the user no longer wants the action: the kept action, its challenges and
    /// its grant. The other approvals of the scope stay. Does nothing if the approval is over, or is another session's.
    ///
    /// ```
    /// use mfakit_core::{BackendError, Mfa, Scope, Subject, action::ApprovalId};
    ///
    /// async fn cancel(
    ///     mfa: &Mfa,
    ///     subject: &Subject,
    ///     transfer: &Scope,
    ///     approval: ApprovalId,
    /// ) -> Result<(), BackendError> {
    ///     mfa.revoke_approval(subject, transfer, &approval).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The grant may then still be valid.
    pub async fn revoke_approval(
        &self,
        subject: &Subject,
        scope: &Scope,
        approval: &ApprovalId,
    ) -> Result<(), BackendError> {
        self.revoke(subject.user(), Revocation::Approval(*subject.login(), *scope, *approval)).await
    }

    /// Runs to completion, so that a browser that closes the connection at sign-out keeps nothing.
    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), BackendError> {
        let (mfa, user) = (self.clone(), user.clone());
        let revoking = async move {
            let revoked = mfa.revoke_now(&user, what).await;
            // This comes in any case, because the book may work while the store fails.
            let closed = mfa.revoke_recovery(&user, what).await;
            revoked.and(closed)
        };
        self.to_the_end(revoking).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Revokes within a task that runs to completion.
    pub(super) async fn revoke_now(&self, user: &UserId, what: Revocation) -> Result<(), BackendError> {
        self.inner.store.revoke(user, what).await?;
        #[cfg(feature = "testing")]
        self.inner.user_grants.revoke(user, what);
        self.observe(context(user, &what), EventKind::Revoked { what });
        Ok(())
    }
}

/// Returns the context of the event: the user, and the session and the scope that were revoked.
fn context<'a>(user: &'a UserId, what: &'a Revocation) -> EventContext<'a> {
    let context = EventContext::user(user);
    match what {
        Revocation::User => context,
        Revocation::Login(login) => context.login(login),
        Revocation::Scope(scope) => context.scope(scope),
        Revocation::Elevation(login, scope) => context.login(login).scope(scope),
        Revocation::Approval(login, scope, id) => context.login(login).scope(scope).approval_id(Some(id)),
    }
}
