//! Ends in the background what could not be ended at once.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    engine::{
        mfa::Mfa,
        recovery::{closing::Closing, use_code::OPEN_FOR},
        withdraw::WAITS,
    },
    subject::UserId,
};

impl Mfa {
    /// Remembers openings that could not be ended, and tries to end them in the background, until the book has closed them or the
    /// store has noted it, and at most for as long as an opening may last. Must be called within a tokio runtime.
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
