//! Counts that several users share: by number, block of numbers and address.
//!
//! 1. A record is in one of two queues, ordered by the time at which it ends. So making room removes expired records
//!    from the front and never visits a live one.
//! 2. A record that neither counts nor remembers anything is removed in the step that emptied it.
//! 3. If the table is full of live records, one that only remembers a completed challenge is dropped.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard},
};

use crate::{
    clock::Timestamp,
    limit::Limit,
    memory::errors::{full, poisoned},
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, StoreError},
    token::ChallengeId,
};

/// Maximum number of ended records that one step removes. Each step adds at most one, so no backlog grows and
/// no step stalls.
const REMOVED_AT_ONCE: usize = 32;

pub(super) struct Budgets {
    table: Mutex<Table>,
    capacity: usize,
}

#[derive(Default)]
struct Table {
    records: HashMap<Budget, BudgetRecord>,
    /// Records that count something, by the time at which the last of it stops counting.
    counting: BTreeSet<(Timestamp, Budget)>,
    /// Records that only remember a completed challenge, by the time at which it is forgotten.
    remembering: BTreeSet<(Timestamp, Budget)>,
}

/// Events counted against one budget.
#[derive(Default)]
struct BudgetRecord {
    /// Oldest first.
    entries: Vec<Entry>,
    completed_until: Option<Timestamp>,
}

struct Entry {
    at: Timestamp,
    keep_until: Timestamp,
    challenge: ChallengeId,
    number: [u8; 32],
}

impl Budgets {
    pub(super) fn with_capacity(budgets: usize) -> Self {
        Self { table: Mutex::default(), capacity: budgets }
    }

    /// Returns the number of records.
    pub(super) fn len(&self) -> usize {
        self.lock().map(|table| table.records.len()).unwrap_or_default()
    }

    pub(super) fn reserve(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let ReserveBudget { budget, challenge, number, limits, now } = request;
        let mut table = self.lock()?;
        table.remove_ended(now);
        if !table.records.contains_key(budget) && !table.has_room(self.capacity) {
            return Err(full());
        }
        Ok(table.change(budget, now, |record| {
            let completed = record.completed_until.is_some();
            let retry_at = record.next_at(limits, now);
            if now < retry_at {
                return BudgetReservation::Exhausted { retry_at, completed };
            }
            let keep_until = now.plus(Limit::longest(limits));
            record.entries.push(Entry { at: now, keep_until, challenge: *challenge, number: *number });
            BudgetReservation::Reserved { next_at: record.next_at(limits, now), completed }
        }))
    }

    pub(super) fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let table = self.lock()?;
        let retry_at = table.records.get(budget).map(|record| record.next_at(limits, now));
        Ok(retry_at.filter(|retry_at| now < *retry_at))
    }

    pub(super) fn settle(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut table = self.lock()?;
        if !table.records.contains_key(budget) {
            // The counted event may have left its window before the code was entered.
            let remembers =
                matches!(change, BudgetChange::Complete { remember_for, .. } if !remember_for.is_zero());
            if !remembers {
                return Ok(());
            }
            table.remove_ended(now);
            if !table.has_room(self.capacity) {
                return Err(full());
            }
        }
        table.change(budget, now, |record| match change {
            BudgetChange::Release { challenge } => {
                record.entries.retain(|entry| entry.challenge != *challenge);
            }
            BudgetChange::Complete { number, keep_counted, remember_for } => {
                record.entries.retain(|entry| keep_counted || entry.number != *number);
                record.completed_until = (!remember_for.is_zero()).then(|| now.plus(remember_for));
            }
            BudgetChange::Forget => record.completed_until = None,
        });
        Ok(())
    }

    fn lock(&self) -> Result<MutexGuard<'_, Table>, StoreError> {
        self.table.lock().map_err(|_| poisoned())
    }
}

impl Table {
    /// Changes one record, and keeps it if anything is left in it.
    fn change<T>(
        &mut self,
        budget: &Budget,
        now: Timestamp,
        change: impl FnOnce(&mut BudgetRecord) -> T,
    ) -> T {
        let mut record = self.records.remove(budget).unwrap_or_default();
        match record.ends_at() {
            Some(EndsAt::Counting(at)) => self.counting.remove(&(at, *budget)),
            Some(EndsAt::Remembering(at)) => self.remembering.remove(&(at, *budget)),
            None => false,
        };
        record.sweep(now);
        let changed = change(&mut record);
        match record.ends_at() {
            Some(EndsAt::Counting(at)) => self.counting.insert((at, *budget)),
            Some(EndsAt::Remembering(at)) => self.remembering.insert((at, *budget)),
            None => return changed,
        };
        self.records.insert(*budget, record);
        changed
    }

    fn remove_ended(&mut self, now: Timestamp) {
        for _ in 0..REMOVED_AT_ONCE {
            let fronts = [self.counting.first(), self.remembering.first()];
            let Some((_, budget)) = fronts.into_iter().flatten().find(|(ends_at, _)| now >= *ends_at) else {
                return;
            };
            // A record that no longer counts anything moves to the other queue if it still remembers a
            // completion.
            let budget = *budget;
            self.change(&budget, now, |_| ());
        }
    }

    /// Returns whether one more record fits, if necessary by replacing one that only remembers a completion.
    fn has_room(&mut self, capacity: usize) -> bool {
        if self.records.len() >= capacity
            && let Some((_, budget)) = self.remembering.pop_first()
        {
            self.records.remove(&budget);
        }
        self.records.len() < capacity
    }
}

/// Time at which a record leaves its queue.
enum EndsAt {
    Counting(Timestamp),
    Remembering(Timestamp),
}

impl BudgetRecord {
    fn ends_at(&self) -> Option<EndsAt> {
        let counts_until = self.entries.iter().map(|entry| entry.keep_until).max();
        counts_until.map(EndsAt::Counting).or(self.completed_until.map(EndsAt::Remembering))
    }

    fn sweep(&mut self, now: Timestamp) {
        self.entries.retain(|entry| now < entry.keep_until);
        self.completed_until.take_if(|until| now >= *until);
    }

    fn next_at(&self, limits: &[Limit], now: Timestamp) -> Timestamp {
        let counted = self.entries.iter().filter(|entry| now < entry.keep_until);
        let times: Vec<_> = counted.map(|entry| entry.at).collect();
        Limit::all_next_at(limits, &times, now)
    }
}
