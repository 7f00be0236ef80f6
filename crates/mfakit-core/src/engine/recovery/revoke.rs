//! Ends openings: by the app, by a code to the number on file, and by a revocation.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    engine::{
        backend_error::BackendError,
        mfa::Mfa,
        recovery::tag::Tags,
        withdraw::{LONGEST, WAITS},
    },
    event::{EventContext, EventKind},
    store::Revocation,
    subject::{LoginId, UserId},
};

/// Treatment of a text that cannot be read, when openings end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is replaced by an empty one, because it may be readable later, such as with an earlier secret. It may hold recovery
    /// codes, which then end.
    Replace,
    /// It stays.
    Keep,
}

impl Mfa {
    /// Ends all openings of a user. Returns whether there were any.
    pub(super) async fn close_recovery(
        &self,
        user: &UserId,
        why: &'static str,
        unreadable: Unreadable,
    ) -> Result<bool, BackendError> {
        let closed = self.rewrite_recovery(user, |kept, is_readable| {
            let ids: Vec<_> = kept.openings().map(|opening| opening.id).collect();
            kept.close();
            let replaces = !is_readable && unreadable == Unreadable::Replace;
            (replaces || !ids.is_empty()).then_some(ids)
        });
        let Some(ids) = closed.await? else { return Ok(false) };
        self.note_all_over(&ids).await;
        if !ids.is_empty() {
            self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why });
        }
        Ok(!ids.is_empty())
    }

    /// Ends the openings that a revocation is about: all of the user, or the one of the session.
    pub(in crate::engine) async fn revoke_recovery(
        &self,
        user: &UserId,
        what: Revocation,
    ) -> Result<(), BackendError> {
        if self.inner.recovery.is_none() {
            return Ok(());
        }
        match what {
            Revocation::User => self.close_recovery(user, "revoked", Unreadable::Replace).await.map(drop),
            Revocation::Login(login) => self.close_session(user, &login).await,
            Revocation::Scope(_) | Revocation::Elevation(..) | Revocation::Approval(..) => Ok(()),
        }
    }

    async fn close_session(&self, user: &UserId, login: &LoginId) -> Result<(), BackendError> {
        let login = Tags::login(self.keys(), login);
        let closed = self.rewrite_recovery(user, |kept, _| {
            let theirs =
                kept.by_code.as_ref().filter(|opening| opening.is_of(&login)).map(|opening| opening.id);
            theirs.inspect(|id| kept.close_one(id))
        });
        if let Some(id) = closed.await? {
            self.note_over(&id).await;
            self.observe(EventContext::user(user), EventKind::RecoveryRevoked { why: "revoked" });
        }
        Ok(())
    }

    /// Ends all openings, because the owner has the phone: a code to the number on file was entered. If the book fails, this
    /// is repeated in the background, for at most half a minute. Must be called within a tokio runtime.
    pub(in crate::engine) async fn owner_has_phone(&self, user: &UserId) {
        const WHY: &str = "code entered";
        if self.inner.recovery.is_none() || self.close_recovery(user, WHY, Unreadable::Keep).await.is_ok() {
            return;
        }
        let (mfa, user) = (self.clone(), user.clone());
        let again = async move {
            for wait in WAITS {
                sleep(Duration::from_secs(wait)).await;
                if mfa.close_recovery(&user, WHY, Unreadable::Keep).await.is_ok() {
                    return;
                }
            }
        };
        drop(tokio::spawn(timeout(LONGEST, again).in_current_span()));
    }
}
