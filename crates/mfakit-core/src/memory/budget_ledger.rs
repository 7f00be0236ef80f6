//! Everything that a store keeps of one budget, as a value.

use crate::{
    clock::Timestamp,
    limit::Limit,
    store::{BudgetChange, BudgetReservation, ReserveBudget, StoreError},
    stored::{from_bytes, to_bytes},
};

use super::budget_record::{Counting, Event};

/// Everything that a store keeps of one budget: its events, and the memory that a challenge was completed. A store on a
/// database uses it like a [`UserLedger`](crate::UserLedger).
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{BudgetLedger, ChallengeId, Timestamp, policy::Limit};
/// use mfakit_core::store::{Budget, BudgetReservation, ReserveBudget};
///
/// let (now, id) = (Timestamp::from_millis(1_767_268_800_000), ChallengeId::from_bytes([7; 32]));
/// let (budget, limits) = (Budget::Number([1; 32]), [Limit::new(5, Duration::from_secs(3600))]);
///
/// let mut ledger = BudgetLedger::read(None, now)?;
/// assert_eq!(ledger.write(), None);
/// let reserved = ledger.reserve(ReserveBudget::new(&budget, &id, &[1; 32], &limits, now));
/// assert!(matches!(reserved, BudgetReservation::Reserved { .. }));
/// assert!(ledger.write().is_some());
/// # Ok::<(), mfakit_core::store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct BudgetLedger(Counting);

impl BudgetLedger {
    /// Reads the bytes of a budget back, without what has expired. A budget without a row has none.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not what [`write`](Self::write) returned.
    pub fn read(bytes: Option<&[u8]>, now: Timestamp) -> Result<Self, StoreError> {
        let mut record = match bytes {
            Some(bytes) => from_bytes(bytes).ok_or_else(|| {
                StoreError::new(
                    "the record of a budget cannot be read; a newer version of mfakit may have written it",
                )
            })?,
            None => Counting::sole(),
        };
        record.sweep(now);
        record.forget(now);
        Ok(Self(record))
    }

    /// Returns the bytes of the budget. `None` if it neither counts nor remembers anything.
    #[must_use]
    pub fn write(&self) -> Option<Vec<u8>> {
        self.ends_at().map(|_| to_bytes(&self.0))
    }

    /// Returns the time from which nothing in the budget is needed. `None` if there is nothing in it.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        Some(self.0.remembered_until()).filter(|end| *end > Timestamp::default())
    }

    /// Applies [`MfaStore::reserve_budget`](crate::MfaStore::reserve_budget).
    pub fn reserve(&mut self, request: ReserveBudget<'_>) -> BudgetReservation {
        let ReserveBudget { budget: _, challenge, number, limits, now } = request;
        let (challenge, number) = (tag(challenge.as_bytes()), tag(number));
        self.0.reserve(Event { at: now, challenge, number }, limits, now)
    }

    /// Returns the answer of [`MfaStore::exhausted_until`](crate::MfaStore::exhausted_until).
    #[must_use]
    pub fn exhausted_until(&self, limits: &[Limit], now: Timestamp) -> Option<Timestamp> {
        Some(self.0.next_at(limits, now)).filter(|retry_at| now < *retry_at)
    }

    /// Applies [`MfaStore::settle_budget`](crate::MfaStore::settle_budget).
    pub fn settle(&mut self, change: BudgetChange<'_>, now: Timestamp) {
        match change {
            BudgetChange::Release { challenge } => self.0.release(tag(challenge.as_bytes())),
            BudgetChange::Complete { number, keep_counted, remember_for } => {
                if !keep_counted {
                    self.0.release_number(tag(number));
                }
                self.0.remember(now.plus(remember_for));
            }
            BudgetChange::Forget => self.0.remember(Timestamp::default()),
        }
        self.0.forget(now);
    }
}

/// Returns the beginning of a random or keyed value, which tells it from others in one budget.
fn tag(bytes: &[u8; 32]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
