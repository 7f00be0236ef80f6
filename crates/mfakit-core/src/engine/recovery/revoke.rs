//! Ends openings: by the app, by a code to the number on file, and by a revocation.

use crate::{
    engine::{
        backend_error::BackendError,
        mfa::Mfa,
        recovery::{close::Closed, closing::Closing, tag::Tag},
    },
    event::{EventContext, EventKind},
    store::Revocation,
    subject::UserId,
};

impl Mfa {
    /// Ends all openings because the app asks for it, and the changes that they have permitted and whose notice is being sent.
    /// Returns whether there may have been any.
    pub(super) async fn close_for_app(&self, user: &UserId) -> Result<bool, BackendError> {
        // What is being made while the book is slow must not come after this call.
        let all = Closing::All("by the app");
        let ended_before = self.end_changes(user, all).await;
        let closed = match self.close_recovery(user, "by the app").await {
            Ok(Closed::Something) => Ok(true),
            Ok(Closed::Nothing) => Ok(false),
            Ok(Closed::Unreadable) => self.note_or_owe(user, all).await.map(|()| true),
            Err(error) => {
                // The caller receives the error of the book, whether or not the store notes it.
                let _ = self.note_or_owe(user, all).await;
                Err(error)
            }
        };
        // This comes last: a change leaves its mark before it consumes its opening.
        let ended = self.end_changes(user, all).await;
        let (closed, ended) = (closed?, ended_before? | ended?);
        if ended && !closed {
            self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why: "by the app" });
        }
        Ok(closed || ended)
    }

    /// Ends the openings that a revocation is about: all of the user, or the one of the session.
    pub(in crate::engine) async fn revoke_recovery(
        &self,
        user: &UserId,
        what: Revocation,
    ) -> Result<(), BackendError> {
        let closing = match what {
            Revocation::User => Closing::All("revoked"),
            Revocation::Login(login) => Closing::Session(login),
            Revocation::Scope(_) | Revocation::Elevation(..) | Revocation::Approval(..) => return Ok(()),
        };
        if self.inner.recovery.is_none() {
            return Ok(());
        }
        let closed = self.close_soon(user, closing).await;
        // This comes last, although the store has revoked everything before: a change may have left its mark since then.
        let ended = self.end_changes(user, closing).await;
        closed.and(ended.map(drop))
    }

    /// Ends an opening that must not open after all. If neither the store nor the book can, this process remembers it. Must be
    /// called within a tokio runtime.
    pub(super) async fn end_opening(&self, user: &UserId, id: &Tag) {
        let over = self.note_over(id).await;
        let closed = self.rewrite_recovery(user, |kept, _| {
            let is_there = kept.openings().any(|opening| opening.id == *id);
            is_there.then(|| kept.close_one(id))
        });
        if closed.await.is_err() && over.is_err() {
            self.owe(user, Closing::All("revoked"));
        }
    }

    /// Ends all openings and the changes that they have permitted, because the owner has the phone: a code to the number on file
    /// was entered. Must be called within a tokio runtime.
    pub(in crate::engine) async fn owner_has_phone(&self, user: &UserId) {
        if self.inner.recovery.is_some() {
            let all = Closing::All("code entered");
            // The code was right, whatever happens here. What could not be ended is reported, and is tried again.
            let _ = self.close_soon(user, all).await;
            let _ = self.end_changes(user, all).await;
        }
    }
}
