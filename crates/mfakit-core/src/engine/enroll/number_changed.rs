//! Ends what an earlier number proved, after the app changed the number itself.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa},
    event::{EventContext, EventKind},
    number_book::NumberChange,
    store::Revocation,
    subject::UserId,
};

impl Mfa {
    /// Ends all grants and challenges of a user, because the app itself has changed the number: by an administrator, by an
    /// import, or on a page of its own. Call it *after* the change [BIND-7].
    ///
    /// A start and a verify detect the new number without this call. A grant that was made before the change counts
    /// until it expires, unless this call ends it. Before the change, [`forget_number`](Self::forget_number) forgets
    /// what the earlier number completed.
    ///
    /// ```
    /// # use mfakit_core::{Mfa, UserId};
    /// # async fn example(mfa: Mfa) -> Result<(), Box<dyn std::error::Error>> {
    /// // UPDATE users SET phone = …
    /// mfa.number_changed(&UserId::from("alice")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the recovery book failed. The grants, or what a recovery has opened, may then still be
    /// valid.
    pub async fn number_changed(&self, user: &UserId) -> Result<(), BackendError> {
        let (mfa, user) = (self.clone(), user.clone());
        let ending = async move { mfa.number_changed_to_the_end(&user, None).await };
        self.to_the_end(ending).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Does the same as [`number_changed`](Self::number_changed), and also sends the [notice](crate::notifier::Notifier)
    /// about the change to the number before it and to the number after it. What the earlier number completed is
    /// forgotten.
    ///
    /// ```
    /// # use mfakit_core::{Mfa, NumberChange, PhoneNumber, UserId};
    /// # async fn example(mfa: Mfa, lost: PhoneNumber) -> Result<(), Box<dyn std::error::Error>> {
    /// // UPDATE users SET phone = NULL …
    /// mfa.number_changed_by(&UserId::from("alice"), &NumberChange::remove(lost)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`BackendError::Notifier`] if the notifier failed and the app does not
    /// [proceed](crate::notifier::OnNoticeError::Proceed) without a notice. All grants have ended then. After any other
    /// error, they may still be valid.
    pub async fn number_changed_by(&self, user: &UserId, change: &NumberChange) -> Result<(), BackendError> {
        let (mfa, user, change) = (self.clone(), user.clone(), change.clone());
        let ending = async move { mfa.number_changed_to_the_end(&user, Some(&change)).await };
        self.to_the_end(ending).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    async fn number_changed_to_the_end(
        &self,
        user: &UserId,
        change: Option<&NumberChange>,
    ) -> Result<(), BackendError> {
        let about = EventContext::user(user);
        let revoked = self.revoke_now(user, Revocation::User).await;
        // An opening names its number, which may be the same as before in the table of the app.
        let closed = self.revoke_recovery(user, Revocation::User).await;
        revoked?;
        self.observe(about, EventKind::NumberChanged);
        let Some(change) = change else { return closed };
        if let Some(from) = change.from() {
            // The store port reports a failure. The number then keeps its place among those that people use.
            let _ = self.forget_completions_of(from).await;
        }
        self.notify_of_change(about, user, change).await?;
        closed
    }
}
