//! Ends openings in the recovery book: by the app, by a code to the number on file, and by a revocation.

use crate::{
    engine::{
        backend_error::BackendError,
        mfa::Mfa,
        recovery::{closing::Closing, tag::Tags},
    },
    event::{EventContext, EventKind},
    store::Revocation,
    subject::{LoginId, UserId},
};

/// Outcome of ending openings in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// There were openings.
    Something,
    /// There was none.
    Nothing,
    /// The text cannot be read here, such as one that an instance with a newer secret has written. It stays, because it may
    /// have recovery codes.
    Unreadable,
}

impl Mfa {
    /// Ends all openings of a user.
    pub(super) async fn close_recovery(
        &self,
        user: &UserId,
        why: &'static str,
    ) -> Result<Closed, BackendError> {
        let mut can_read = true;
        let closed = self.rewrite_recovery(user, |kept, is_readable| {
            can_read = is_readable;
            let ids: Vec<_> = kept.openings().map(|opening| opening.id).collect();
            kept.close();
            (!ids.is_empty()).then_some(ids)
        });
        let Some(ids) = closed.await? else {
            return Ok(if can_read { Closed::Nothing } else { Closed::Unreadable });
        };
        self.note_all_over(&ids).await;
        self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why });
        Ok(Closed::Something)
    }

    /// Ends the opening of a session.
    pub(super) async fn close_session(&self, user: &UserId, login: &LoginId) -> Result<Closed, BackendError> {
        let login = Tags::login(self.keys(), login);
        let mut can_read = true;
        let closed = self.rewrite_recovery(user, |kept, is_readable| {
            can_read = is_readable;
            let theirs =
                kept.by_code.as_ref().filter(|opening| opening.is_of(&login)).map(|opening| opening.id);
            theirs.inspect(|id| kept.close_one(id))
        });
        let Some(id) = closed.await? else {
            return Ok(if can_read { Closed::Nothing } else { Closed::Unreadable });
        };
        self.note_over(&id).await;
        self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why: "revoked" });
        Ok(Closed::Something)
    }

    /// Ends all openings because the app asks for it, and the changes that they have permitted and whose notice is being sent.
    /// Returns whether there may have been any.
    pub(super) async fn close_for_app(&self, user: &UserId) -> Result<bool, BackendError> {
        let closed = match self.close_recovery(user, "by the app").await? {
            Closed::Something => true,
            Closed::Nothing => false,
            Closed::Unreadable => self.note_closing(user, None).await.map(|()| true)?,
        };
        // This comes last: a change leaves its mark before it consumes its opening.
        let ended = self.end_recovering_changes(user).await?;
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
        match self.inner.recovery {
            Some(_) => self.close_soon(user, closing).await,
            None => Ok(()),
        }
    }

    /// Ends all openings and the changes that they have permitted, because the owner has the phone: a code to the number on file
    /// was entered. Must be called within a tokio runtime.
    pub(in crate::engine) async fn owner_has_phone(&self, user: &UserId) {
        if self.inner.recovery.is_some() {
            // The code was right, whatever happens here. An event reports it if the openings could not be ended.
            let _ = self.close_soon(user, Closing::All("code entered")).await;
            let _ = self.end_recovering_changes(user).await;
        }
    }
}
