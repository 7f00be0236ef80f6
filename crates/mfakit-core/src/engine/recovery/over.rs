//! Memory of codes and openings that are over.
//!
//! The recovery book decides what is left. A book that is set back to an earlier state, such as by a backup, has used codes
//! and ended openings again. So the store remembers them for 90 days, each as a budget of one that is exhausted.
//!
//! The memory is written after the book. If that fails, only this second line of defense is missing, so the call succeeds,
//! and the store port has reported the failure. If it cannot be *read*, the call fails. Only an
//! opening that must not open after all is owed if both fail.

use std::time::Duration;

use futures_util::future::join_all;

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa, recovery::tag::Tag},
    key_ring::Purpose,
    limit::Limit,
    store::{Budget, ReserveBudget},
    token::ChallengeId,
};

/// Time for which the store remembers what is over.
const REMEMBER_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

pub(super) const LIMITS: &[Limit] = &[Limit::new(1, REMEMBER_FOR)];

impl Mfa {
    /// Returns whether a code or an opening is over.
    pub(super) async fn is_over(&self, tag: &Tag) -> Result<bool, BackendError> {
        let now = self.try_now()?;
        let names = self.names_of_over(tag);
        let answers = join_all(names.iter().map(|name| self.inner.store.exhausted_until(name, LIMITS, now)));
        let answers = answers.await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(answers.into_iter().any(|until| until.is_some()))
    }

    /// Remembers that a code or an opening is over.
    pub(super) async fn note_over(&self, tag: &Tag) -> Result<(), BackendError> {
        let now = self.inner.clock.now();
        let (names, event) = (self.names_of_over(tag), ChallengeId::random());
        let mut noted = Ok(());
        // Under every secret, because an instance may not have the current one yet.
        for budget in &names {
            let hash = number(budget);
            let request = ReserveBudget { budget, challenge: &event, number: &hash, limits: LIMITS, now };
            noted = noted.and(self.inner.store.reserve_budget(request).await.map(drop));
        }
        noted
    }

    fn names_of_over(&self, tag: &Tag) -> Vec<Budget> {
        let parts: [&[u8]; 2] = [b"recovery over", tag.as_bytes()];
        self.keys().hashes(Purpose::Budget, &parts).into_iter().map(Budget::Number).collect()
    }
}

/// Returns the hash that a budget counts by.
pub(super) const fn number(budget: &Budget) -> [u8; 32] {
    match budget {
        Budget::Number(hash) | Budget::Block(hash) | Budget::Address(hash) => *hash,
        Budget::Rejections => [0; 32],
    }
}
