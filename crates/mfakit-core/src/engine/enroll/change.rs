//! Changes the number on file, and ends what the earlier number proved [BIND-7].
//!
//! 1. The person is notified first. If the notice fails and the app holds the change, nothing is changed, and no other
//!    grant ends. A revocation while the notice is sent ends the change: see `mark`.
//! 2. Grants end *before* the change, so that a process that stops right after it leaves none. They end once more *after* it,
//!    because a code to the earlier number may have been entered in between.
//! 3. A code that is on its way is not accepted, because a revocation ends challenges and reserved sends too.
//! 4. If the second revocation fails, it is repeated in the background: see `late_change`.
//! 5. If the book fails, it may have changed the number, and may do so later. So grants end at once, and the book is read
//!    again in the background.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa},
    event::{EventContext, EventKind},
    number_book::{Changed, NumberChange},
    store::Revocation,
    subject::Subject,
};

/// Reason why the number was not changed.
pub(super) enum NotChanged {
    /// The number on file is no longer the earlier one, or the change was revoked. Nothing was changed.
    Conflict,
    /// The store failed before anything was changed, or the book failed.
    Failed(BackendError),
}

impl From<BackendError> for NotChanged {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

impl Mfa {
    /// Changes the number on file. The caller has consumed what permits it.
    pub(super) async fn change_number(
        &self,
        subject: &Subject,
        change: &NumberChange,
    ) -> Result<(), NotChanged> {
        let user = subject.user();
        self.notify_unless_revoked(subject, change).await?;
        self.revoke_now(user, Revocation::User).await?;
        match self.inner.directory.change(user, change).await {
            Ok(Changed::Done) => {
                if self.end_everything(user).await.is_err() {
                    self.observe(EventContext::subject(subject), EventKind::RevocationPending);
                    self.revoke_later(user);
                }
                self.number_was_changed(EventContext::subject(subject), change).await;
                Ok(())
            }
            Ok(Changed::Conflict) => Err(NotChanged::Conflict),
            Err(error) => {
                // If this fails too, the background does it once the book shows the new number.
                let _ = self.end_everything(user).await;
                self.watch_change(user, change);
                Err(error.into())
            }
        }
    }

    /// Notifies the person of a change. If the session or the user is revoked in the meantime, the change must not be made.
    async fn notify_unless_revoked(
        &self,
        subject: &Subject,
        change: &NumberChange,
    ) -> Result<(), NotChanged> {
        let mark = self.mark(subject).await?;
        let notified = self.notify_of_change(EventContext::subject(subject), subject.user(), change).await;
        let Some(mark) = mark else { return Ok(notified?) };
        if let Err(error) = notified {
            self.remove_mark(subject, &mark).await;
            return Err(error.into());
        }
        if self.is_marked(subject, &mark).await? { Ok(()) } else { Err(NotChanged::Conflict) }
    }

    /// Forgets what the earlier number completed, and reports the change.
    pub(super) async fn number_was_changed(&self, about: EventContext<'_>, change: &NumberChange) {
        if let Some(from) = change.from() {
            // The store port reports a failure. The number then keeps its place among those that people use.
            let _ = self.forget_completions_of(from).await;
        }
        let (from, to) =
            (change.from().map(ToString::to_string), change.to().map(|to| to.number.to_string()));
        let kind = match (&from, &to) {
            (None, Some(number)) => EventKind::NumberAdded { number },
            (Some(from), Some(to)) => EventKind::NumberReplaced { from, to },
            (Some(number), None) => EventKind::NumberRemoved { number },
            (None, None) => return,
        };
        self.observe(about, kind);
    }
}
