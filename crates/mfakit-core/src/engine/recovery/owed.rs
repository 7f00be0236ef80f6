//! Openings that neither the recovery book nor the store could end.
//!
//! 1. This process remembers them, so they open nothing here from the first moment on.
//! 2. It tries to end them in the background, until the book has closed them or the store has noted it, and at most for as long
//!    as an opening may last.
//! 3. Other instances do not know of them until then. While the store does not answer, no instance permits a recovery, because
//!    none can look up what is over.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    engine::{
        mfa::Mfa,
        recovery::{closing::Closing, use_code::OPEN_FOR},
        withdraw::WAITS,
    },
    subject::{LoginId, UserId},
};

/// Openings that are still to be ended: those of a user, or the one of a session.
#[derive(Default)]
pub(in crate::engine) struct Owed(Mutex<Vec<(UserId, Option<LoginId>)>>);

impl Owed {
    /// Records that openings are to be ended. Returns false if this is recorded already.
    fn add(&self, user: &UserId, login: Option<&LoginId>) -> bool {
        let mut owed = self.owed();
        let is_new = !is_among(&owed, user, login);
        if is_new {
            owed.push((user.clone(), login.copied()));
        }
        is_new
    }

    /// Returns whether the openings of a user, or of a session, are still to be ended.
    pub(super) fn has(&self, user: &UserId, login: Option<&LoginId>) -> bool {
        is_among(&self.owed(), user, login)
    }

    /// Records that the openings have ended.
    pub(super) fn settle(&self, user: &UserId, login: Option<&LoginId>) {
        self.owed().retain(|(of, session)| of != user || session.as_ref() != login);
    }

    fn owed(&self) -> MutexGuard<'_, Vec<(UserId, Option<LoginId>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_among(owed: &[(UserId, Option<LoginId>)], user: &UserId, login: Option<&LoginId>) -> bool {
    owed.iter().any(|(of, session)| of == user && session.as_ref() == login)
}

impl Mfa {
    /// Remembers openings that could not be ended, and ends them in the background. Must be called within a tokio runtime.
    pub(super) fn owe(&self, user: &UserId, closing: Closing) {
        if !self.inner.owed.add(user, closing.login()) {
            return;
        }
        let (mfa, user) = (self.clone(), user.clone());
        let rule = &self.inner.policy.recovery;
        let lasts = (rule.wait + rule.window).max(OPEN_FOR);
        let again = async move {
            // Whether or not it succeeded, the openings have ended by themselves.
            let _ = timeout(lasts, mfa.pay(&user, closing)).await;
            mfa.inner.owed.settle(&user, closing.login());
        };
        drop(tokio::spawn(again.in_current_span()));
    }

    /// Ends openings in the book, or at least in the store.
    async fn pay(&self, user: &UserId, closing: Closing) {
        let longest = WAITS.last().copied().unwrap_or_default();
        for wait in WAITS.into_iter().chain(std::iter::repeat(longest)) {
            sleep(Duration::from_secs(wait)).await;
            // A new opening that came first has ended the earlier ones.
            if !self.inner.owed.has(user, closing.login())
                || matches!(self.closes(user, closing).await, Ok(true))
                || self.note_closing(user, closing.login()).await.is_ok()
            {
                return;
            }
        }
    }
}
