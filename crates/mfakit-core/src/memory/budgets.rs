//! Counts that several users share: by number, block of numbers and address.
//!
//! 1. A ledger is in one of two queues, ordered by the time at which it ends. So making room takes ended
//!    ledgers from the front and never visits a live one.
//! 2. A ledger that neither counts nor remembers anything is removed in the step that emptied it.
//! 3. If the table is full of live ledgers, one that only remembers a completed challenge gives way.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard},
};

use crate::{
    clock::Timestamp,
    limit::Limit,
    memory::full,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, StoreError},
    token::ChallengeId,
};

/// Maximum number of ended ledgers that one step removes. Each step adds at most one, so no backlog grows and
/// no step stalls.
const REMOVED_AT_ONCE: usize = 32;

pub(super) struct Budgets {
    ledgers: Mutex<Ledgers>,
    capacity: usize,
}

#[derive(Default)]
struct Ledgers {
    of: HashMap<Budget, Ledger>,
    /// Ledgers that count something, by the time at which the last of it stops counting.
    counting: BTreeSet<(Timestamp, Budget)>,
    /// Ledgers that only remember a completed challenge, by the time at which it is forgotten.
    remembering: BTreeSet<(Timestamp, Budget)>,
}

/// Events counted against one budget.
#[derive(Default)]
struct Ledger {
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
        Self { ledgers: Mutex::default(), capacity: budgets }
    }

    /// The number of ledgers.
    pub(super) fn len(&self) -> usize {
        self.lock().map(|ledgers| ledgers.of.len()).unwrap_or_default()
    }

    pub(super) fn reserve(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let ReserveBudget { budget, challenge, number, limits, now } = request;
        let mut ledgers = self.lock()?;
        ledgers.remove_ended(now);
        if !ledgers.of.contains_key(budget) && !ledgers.has_room(self.capacity) {
            return Err(full());
        }
        Ok(ledgers.change(budget, now, |ledger| {
            let completed = ledger.completed_until.is_some();
            let retry_at = ledger.next_at(limits, now);
            if now < retry_at {
                return BudgetReservation::Exhausted { retry_at, completed };
            }
            let keep_until = now.plus(Limit::longest(limits));
            ledger.entries.push(Entry { at: now, keep_until, challenge: *challenge, number: *number });
            BudgetReservation::Reserved { next_at: ledger.next_at(limits, now), completed }
        }))
    }

    pub(super) fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let ledgers = self.lock()?;
        let retry_at = ledgers.of.get(budget).map(|ledger| ledger.next_at(limits, now));
        Ok(retry_at.filter(|retry_at| now < *retry_at))
    }

    pub(super) fn settle(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut ledgers = self.lock()?;
        if !ledgers.of.contains_key(budget) {
            // The counted event may have left its window before the code was entered.
            let notes =
                matches!(change, BudgetChange::Complete { remember_for, .. } if !remember_for.is_zero());
            if !notes {
                return Ok(());
            }
            ledgers.remove_ended(now);
            if !ledgers.has_room(self.capacity) {
                return Err(full());
            }
        }
        ledgers.change(budget, now, |ledger| match change {
            BudgetChange::Release { challenge } => {
                ledger.entries.retain(|entry| entry.challenge != *challenge);
            }
            BudgetChange::Complete { number, keep_counted, remember_for } => {
                ledger.entries.retain(|entry| keep_counted || entry.number != *number);
                ledger.completed_until = (!remember_for.is_zero()).then(|| now.plus(remember_for));
            }
            BudgetChange::Forget => ledger.completed_until = None,
        });
        Ok(())
    }

    fn lock(&self) -> Result<MutexGuard<'_, Ledgers>, StoreError> {
        self.ledgers.lock().map_err(|_| StoreError::new("a thread died while it wrote to the memory store"))
    }
}

impl Ledgers {
    /// Changes one ledger, and keeps it if anything is left in it.
    fn change<T>(&mut self, budget: &Budget, now: Timestamp, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut ledger = self.of.remove(budget).unwrap_or_default();
        match ledger.ends() {
            Some(End::Counting(at)) => self.counting.remove(&(at, *budget)),
            Some(End::Remembering(at)) => self.remembering.remove(&(at, *budget)),
            None => false,
        };
        ledger.sweep(now);
        let changed = change(&mut ledger);
        match ledger.ends() {
            Some(End::Counting(at)) => self.counting.insert((at, *budget)),
            Some(End::Remembering(at)) => self.remembering.insert((at, *budget)),
            None => return changed,
        };
        self.of.insert(*budget, ledger);
        changed
    }

    fn remove_ended(&mut self, now: Timestamp) {
        for _ in 0..REMOVED_AT_ONCE {
            let fronts = [self.counting.first(), self.remembering.first()];
            let Some((_, budget)) = fronts.into_iter().flatten().find(|(ends_at, _)| now >= *ends_at) else {
                return;
            };
            // A ledger that no longer counts anything moves to the other queue if it still remembers a
            // completion.
            let budget = *budget;
            self.change(&budget, now, |_| ());
        }
    }

    /// Returns whether one more ledger fits, if necessary in place of one that only remembers a completion.
    fn has_room(&mut self, capacity: usize) -> bool {
        if self.of.len() >= capacity
            && let Some((_, budget)) = self.remembering.pop_first()
        {
            self.of.remove(&budget);
        }
        self.of.len() < capacity
    }
}

/// Time at which a ledger leaves its queue.
enum End {
    Counting(Timestamp),
    Remembering(Timestamp),
}

impl Ledger {
    fn ends(&self) -> Option<End> {
        let counts_until = self.entries.iter().map(|entry| entry.keep_until).max();
        counts_until.map(End::Counting).or(self.completed_until.map(End::Remembering))
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
