//! Finishes a change whose last step failed, in the background, for at most half a minute.
//!
//! 1. A revocation is repeated until it succeeds.
//! 2. After a book failed, it is read until it returns the new number or the time is over. If it returns the new
//!    number, the change is treated like one that succeeded at once.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    engine::{
        backend_error::BackendError,
        enroll::claim::Claim,
        mfa::Mfa,
        ports::Found,
        withdraw::{LONGEST, WAITS},
    },
    event::EventContext,
    number_book::NumberChange,
    store::Revocation,
    subject::UserId,
};

impl Mfa {
    /// Ends all grants, challenges and kept actions of a user, without an event.
    pub(super) async fn end_everything(&self, user: &UserId) -> Result<(), BackendError> {
        self.inner.store.revoke(user, Revocation::User).await?;
        #[cfg(feature = "testing")]
        self.inner.user_grants.revoke(user, Revocation::User);
        Ok(())
    }

    /// Repeats a revocation that failed. Must be called within a tokio runtime. The store port reports each failure.
    pub(super) fn revoke_later(&self, user: &UserId) {
        let (mfa, user) = (self.clone(), user.clone());
        let again = async move { mfa.revoke_until_done(&user).await };
        drop(tokio::spawn(timeout(LONGEST, again).in_current_span()));
    }

    /// Checks whether a book that failed has made a change anyway, and releases the claim of the change at the end. Must be called
    /// within a tokio runtime.
    pub(super) fn watch_change(&self, user: &UserId, change: &NumberChange, claim: Claim) {
        let (mfa, user, change) = (self.clone(), user.clone(), change.clone());
        let watch = async move {
            // Whether or not the time is over, this was the last look.
            let _ = timeout(LONGEST, mfa.look_for_change(&user, &change)).await;
            mfa.release_claim(&claim).await;
        };
        drop(tokio::spawn(watch.in_current_span()));
    }

    async fn look_for_change(&self, user: &UserId, change: &NumberChange) {
        for wait in WAITS {
            sleep(Duration::from_secs(wait)).await;
            if self.shows(user, change).await {
                if self.end_everything(user).await.is_err() {
                    self.revoke_until_done(user).await;
                }
                return self.number_was_changed(EventContext::user(user), change).await;
            }
        }
    }

    async fn revoke_until_done(&self, user: &UserId) {
        for wait in WAITS {
            sleep(Duration::from_secs(wait)).await;
            if self.end_everything(user).await.is_ok() {
                return;
            }
        }
    }

    /// Returns whether the number on file is the one of the change.
    async fn shows(&self, user: &UserId, change: &NumberChange) -> bool {
        match self.inner.directory.number(user).await {
            Ok(Found::Number(on_file)) => change.to().is_some_and(|to| to.number == on_file.number),
            Ok(Found::Nothing) => change.to().is_none(),
            Ok(Found::Unreadable) | Err(_) => false,
        }
    }
}
