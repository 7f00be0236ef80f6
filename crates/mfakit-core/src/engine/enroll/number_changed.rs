//! Ends what an earlier number proved, after the app changed the number itself.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa},
    event::{EventContext, EventKind},
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
    /// Returns an error if the store failed. The grants may then still be valid.
    pub async fn number_changed(&self, user: &UserId) -> Result<(), BackendError> {
        let (mfa, user) = (self.clone(), user.clone());
        let ending = async move {
            mfa.revoke_now(&user, Revocation::User).await?;
            mfa.observe(EventContext::user(&user), EventKind::NumberChanged);
            Ok(())
        };
        self.to_the_end(ending).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }
}
