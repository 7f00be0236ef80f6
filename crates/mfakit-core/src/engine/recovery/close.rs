//! Ends openings in the recovery book.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa, recovery::tag::Tags},
    event::{EventContext, EventKind},
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
        // The store port reports a failure.
        let _ = self.note_over(&id).await;
        self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why: "revoked" });
        Ok(Closed::Something)
    }
}
