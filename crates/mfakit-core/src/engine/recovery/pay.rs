//! Ends in the background what could not be ended at once.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    engine::{
        mfa::Mfa,
        recovery::{closing::Closing, owed::Debt, use_code::OPEN_FOR},
        withdraw::WAITS,
    },
    subject::UserId,
};

impl Mfa {
    /// Remembers what could not be ended, and tries to end it in the background: until the book has closed the openings or the
    /// store has noted it, and the changes under way have ended, and at most for as long as an opening may last. Must be called
    /// within a tokio runtime.
    pub(super) fn owe(&self, user: &UserId, closing: Closing) {
        let debt = self.inner.owed.add(user, closing.login());
        let (mfa, user) = (self.clone(), user.clone());
        let lasts = self.may_last(closing);
        let again = async move {
            // Whether or not it succeeded, the openings have ended by themselves.
            let _ = timeout(lasts, mfa.pay(&user, closing, debt)).await;
            mfa.inner.owed.settle_debt(&user, closing.login(), debt);
        };
        drop(tokio::spawn(again.in_current_span()));
    }

    /// Returns the time that an opening may last. The clock of the instance that made it may be ahead.
    fn may_last(&self, closing: Closing) -> Duration {
        let rule = &self.inner.policy.recovery;
        let longest = match closing {
            Closing::All(_) => (rule.wait + rule.window).max(OPEN_FOR),
            // A session has only an opening by a code.
            Closing::Session(_) => OPEN_FOR,
        };
        longest + self.inner.policy.clock_skew
    }

    /// Ends openings in the book, or at least in the store, and changes under way.
    async fn pay(&self, user: &UserId, closing: Closing, debt: Debt) {
        let longest = WAITS.last().copied().unwrap_or_default();
        for wait in WAITS.into_iter().chain(std::iter::repeat(longest)) {
            sleep(Duration::from_secs(wait)).await;
            // A new opening that came first has ended the earlier ones, and a later debt is tried on its own.
            if !self.inner.owed.has_debt(user, closing.login(), debt) {
                return;
            }
            if self.end_recovering_changes(user, closing.login()).await.is_ok()
                && (matches!(self.closes(user, closing).await, Ok(true))
                    || self.note_closing(user, closing.login()).await.is_ok())
            {
                return;
            }
        }
    }
}
