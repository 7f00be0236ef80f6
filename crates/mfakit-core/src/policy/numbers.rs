//! Limits on adding and changing phone numbers.

use std::time::Duration;

use crate::{
    limit::Limit,
    policy::{InvalidPolicy, Policy},
};

impl Policy {
    /// Limits the sends to an unconfirmed number, across all users. A number that a person enters is unconfirmed until
    /// its code is entered.
    ///
    /// Anyone can enter any number, so these sends do not count toward the number's own limits
    /// ([`sends_per_number`](Self::sends_per_number)). The person who has the phone can still use those in full.
    pub fn sends_per_unconfirmed_number(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends_per_unconfirmed_number = limits.into_iter().collect();
        self
    }

    /// Sets the maximum age of the sign-in with which a person adds the first number. After an older sign-in, the
    /// person is asked to sign in again. A code that was sent within this time is accepted for as long as codes live.
    ///
    /// The app sets the time of the sign-in with
    /// [`Subject::with_signed_in_at`](crate::subject::Subject::with_signed_in_at).
    pub const fn fresh_sign_in(mut self, age: Duration) -> Self {
        self.fresh_sign_in = age;
        self
    }

    pub(super) fn check_fresh_sign_in(&self) -> Result<(), InvalidPolicy> {
        let allowed = Duration::from_secs(60)..=Duration::from_secs(24 * 60 * 60);
        if allowed.contains(&self.fresh_sign_in) {
            Ok(())
        } else {
            Err(InvalidPolicy::FreshSignIn { age: self.fresh_sign_in })
        }
    }
}
