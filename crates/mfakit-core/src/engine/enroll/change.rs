//! Changes the number on file, and ends what the earlier number proved [BIND-7].
//!
//! 1. Of all concurrent changes of one user, one goes on: see `claim`. The others send no notice.
//! 2. What permits the change is consumed, and then the person is notified. If the notice fails and the app holds the change,
//!    nothing is changed, and no other grant ends. A revocation while the notice is sent ends the change: see `mark`.
//! 3. Grants end *before* the change, so that a process that stops right after it leaves none. They end once more *after* it,
//!    because a code to the earlier number may have been entered in between.
//! 4. A code that is on its way is not accepted, because a revocation ends challenges and reserved sends too.
//! 5. If the second revocation fails, it is repeated in the background: see `late_change`.
//! 6. If the book fails, it may have changed the number, and may do so later. So grants end at once, and the book is read
//!    again in the background. Until then, no other change is made.

use crate::{
    engine::{
        enroll::{claim::Claim, mark::Mark, may_change::Permission, not_changed::NotChanged},
        mfa::Mfa,
    },
    event::{EventContext, EventKind},
    number_book::{Changed, NumberChange},
    store::Revocation,
    subject::Subject,
};

/// Change of a number that is permitted, and that has left its mark.
pub(super) struct Permitted<'a> {
    pub(super) subject: &'a Subject,
    pub(super) change: &'a NumberChange,
    /// Grant, sign-in or opening that permits it. The change consumes it.
    pub(super) permission: &'a Permission,
    pub(super) mark: &'a Mark,
}

impl Mfa {
    /// Changes the number on file, and consumes what permits it. The mark is over in any case.
    pub(super) async fn change_number(&self, permitted: &Permitted<'_>) -> Result<(), NotChanged> {
        let (user, change) = (permitted.subject.user(), permitted.change);
        let claim = match self.claim_change(user, change).await {
            Ok(claim) => claim,
            Err(why) => {
                self.remove_mark(user, permitted.mark).await;
                return Err(why);
            }
        };
        let changed = self.change_alone(permitted, &claim).await;
        match changed {
            Err(NotChanged::Unknown(_)) => self.watch_change(user, change, claim),
            _ => self.release_claim(&claim).await,
        }
        changed
    }

    async fn change_alone(&self, permitted: &Permitted<'_>, claim: &Claim) -> Result<(), NotChanged> {
        let Permitted { subject, change, mark, .. } = *permitted;
        let user = subject.user();
        let notified = self.use_up_and_notify(permitted, claim).await;
        if notified.is_err() {
            self.remove_mark(user, mark).await;
            return notified;
        }
        // If the session or the user was revoked in the meantime, the change must not be made.
        if !self.is_marked(user, mark).await? {
            return Err(NotChanged::Conflict);
        }
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
                Err(NotChanged::Unknown(error))
            }
        }
    }

    /// Consumes what permits the change, and notifies the person.
    async fn use_up_and_notify(&self, permitted: &Permitted<'_>, claim: &Claim) -> Result<(), NotChanged> {
        let Permitted { subject, change, permission, .. } = *permitted;
        self.use_up(subject, permission).await?;
        self.check_claim(claim)?;
        Ok(self.notify_of_change(EventContext::subject(subject), subject.user(), change).await?)
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
