//! The budgets of one part.

use crate::{clock::Timestamp, limit::Limit, store::BudgetReservation};

use super::{
    budget_record::{Counting, Event, Remembering},
    expiring::Expiring,
    keyed_hash::KeyedHash,
    part::SWEPT_AT_ONCE,
};

/// The budgets of one part. A budget is in at most one of the two tables.
pub(super) struct BudgetPart {
    counting: Expiring<Counting>,
    remembering: Expiring<Remembering>,
}

/// Change of a budget other than counting, with hashed identifiers.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Release {
        challenge: u64,
    },
    /// `number` is the one whose events are released, if there is one. `until` is the time until which the completion
    /// is remembered, which may be now.
    Complete {
        number: Option<u64>,
        until: Timestamp,
    },
    Forget,
}

impl BudgetPart {
    pub(super) const fn new() -> Self {
        Self { counting: Expiring::new(), remembering: Expiring::new() }
    }

    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.counting.len() + self.remembering.len()
    }

    pub(super) fn earliest_counting(&self) -> Option<Timestamp> {
        self.counting.earliest()
    }

    pub(super) fn earliest_remembering(&self) -> Option<Timestamp> {
        self.remembering.earliest()
    }

    pub(super) fn has(&self, budget: KeyedHash) -> bool {
        self.counting(budget).is_some() || self.remembering(budget).is_some()
    }

    pub(super) fn next_at(&self, budget: KeyedHash, limits: &[Limit], now: Timestamp) -> Option<Timestamp> {
        self.counting(budget).map(|record| record.next_at(limits, now))
    }

    /// Counts an event against a budget that has a record. `None` if it has none, or if the part cannot hold more.
    pub(super) fn reserve(
        &mut self,
        budget: KeyedHash,
        event: Event,
        limits: &[Limit],
        now: Timestamp,
    ) -> Option<BudgetReservation> {
        if self.counting(budget).is_none() {
            let remembered = self.remembering(budget)?;
            let record = Counting::new(budget, remembered.until);
            return self.insert(record, event, limits, now).inspect(|_| {
                self.remembering.remove(budget.in_table(), |record| record.budget == budget);
            });
        }
        let is_it = |record: &Counting| record.budget() == budget;
        self.counting.change(budget.in_table(), is_it, |record| record.reserve(event, limits, now))
    }

    /// Counts the first event of a budget that has no record. `None` if the part cannot hold more.
    pub(super) fn reserve_first(
        &mut self,
        budget: KeyedHash,
        event: Event,
        limits: &[Limit],
        now: Timestamp,
    ) -> Option<BudgetReservation> {
        self.insert(Counting::new(budget, Timestamp::default()), event, limits, now)
    }

    /// Changes a budget. Returns the number of records that were removed.
    pub(super) fn settle(&mut self, budget: KeyedHash, change: Change, now: Timestamp) -> usize {
        let is_it = |record: &Counting| record.budget() == budget;
        let settled = self.counting.change(budget.in_table(), is_it, |record| {
            record.sweep(now);
            match change {
                Change::Release { challenge } => record.release(challenge),
                Change::Complete { number, until } => {
                    if let Some(number) = number {
                        record.release_number(number);
                    }
                    record.remember(until);
                }
                Change::Forget => record.remember(Timestamp::default()),
            }
            record.is_empty()
        });
        match (settled, change) {
            (Some(true), _) => {
                let record = self.counting.remove(budget.in_table(), is_it);
                usize::from(record.is_some_and(|record| !self.keep_memory(&record, now)))
            }
            (Some(false), _) | (None, Change::Release { .. }) => 0,
            (None, Change::Complete { until, .. }) => self.remember(budget, until, now),
            (None, Change::Forget) => self.remember(budget, now, now),
        }
    }

    /// Adds the memory of a completion to a part that has no record of the budget. Returns whether it did.
    pub(super) fn remember_first(&mut self, budget: KeyedHash, until: Timestamp) -> bool {
        self.remembering.insert(Remembering { budget, until })
    }

    /// Removes records that have ended, a bounded number of each kind. Returns the number of those that left nothing.
    pub(super) fn sweep(&mut self, now: Timestamp) -> usize {
        let mut removed = 0;
        for _ in 0..SWEPT_AT_ONCE {
            removed += usize::from(self.remembering.pop_ended(now).is_some());
            let ended = self.counting.pop_ended(now);
            removed += usize::from(ended.is_some_and(|record| !self.keep_memory(&record, now)));
        }
        removed
    }

    /// Removes the memory that would be forgotten first. Returns whether there was any.
    pub(super) fn forget_first(&mut self) -> bool {
        self.remembering.pop().is_some()
    }

    fn insert(
        &mut self,
        mut record: Counting,
        event: Event,
        limits: &[Limit],
        now: Timestamp,
    ) -> Option<BudgetReservation> {
        let reserved = record.reserve(event, limits, now);
        self.counting.insert(record).then_some(reserved)
    }

    /// Keeps the memory of a completion that a record without events has. Returns whether there is any.
    fn keep_memory(&mut self, record: &Counting, now: Timestamp) -> bool {
        record.remembering(now).is_some_and(|memory| self.remembering.insert(memory))
    }

    /// Changes a budget that counts nothing. Returns the number of records that were removed.
    fn remember(&mut self, budget: KeyedHash, until: Timestamp, now: Timestamp) -> usize {
        let is_it = |record: &Remembering| record.budget == budget;
        if now < until {
            self.remembering.change(budget.in_table(), is_it, |record| record.until = until);
            return 0;
        }
        usize::from(self.remembering.remove(budget.in_table(), is_it).is_some())
    }

    fn counting(&self, budget: KeyedHash) -> Option<&Counting> {
        self.counting.find(budget.in_table(), |record| record.budget() == budget)
    }

    fn remembering(&self, budget: KeyedHash) -> Option<&Remembering> {
        self.remembering.find(budget.in_table(), |record| record.budget == budget)
    }
}
