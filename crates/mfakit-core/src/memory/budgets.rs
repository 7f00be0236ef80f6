//! What is counted beyond one user.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use crate::{
    Budget, BudgetChange, BudgetReservation, ChallengeId, Limit, ReserveBudget, StoreError, Timestamp,
    memory::{full, is_due},
};

pub(super) struct Budgets {
    ledgers: Mutex<Ledgers>,
    capacity: usize,
}

#[derive(Default)]
struct Ledgers {
    of: HashMap<Budget, Ledger>,
    swept_at: Option<Timestamp>,
}

/// What one budget has counted.
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

    pub(super) fn reserve(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let ReserveBudget { budget, challenge, number, limits, now } = request;
        let mut ledgers = self.lock()?;
        if is_due(ledgers.swept_at, now) {
            ledgers.of.retain(|_, ledger| ledger.sweep(now));
            ledgers.swept_at = Some(now);
        }
        if ledgers.of.len() >= self.capacity && !ledgers.of.contains_key(budget) {
            return Err(full());
        }
        let ledger = ledgers.of.entry(*budget).or_default();
        ledger.sweep(now);
        let retry_at = ledger.next_at(limits, now);
        if now < retry_at {
            return Ok(BudgetReservation::Exhausted { retry_at });
        }
        let keep_until = now.plus(Limit::longest(limits));
        ledger.entries.push(Entry { at: now, keep_until, challenge: *challenge, number: *number });
        let completed = ledger.completed_until.is_some();
        Ok(BudgetReservation::Reserved { next_at: ledger.next_at(limits, now), completed })
    }

    pub(super) fn settle(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut ledgers = self.lock()?;
        // What was counted may have left its window before the code was typed.
        let notes = matches!(change, BudgetChange::Complete { remember_for, .. } if !remember_for.is_zero());
        if notes && !ledgers.of.contains_key(budget) {
            if ledgers.of.len() >= self.capacity {
                return Err(full());
            }
            ledgers.of.insert(*budget, Ledger::default());
        }
        let Some(ledger) = ledgers.of.get_mut(budget) else { return Ok(()) };
        match change {
            BudgetChange::Release { challenge } => {
                ledger.entries.retain(|entry| entry.challenge != *challenge);
            }
            BudgetChange::Complete { number, keep_counted, remember_for } => {
                ledger.entries.retain(|entry| keep_counted || entry.number != *number);
                ledger.completed_until = Some(now.plus(remember_for));
            }
            BudgetChange::Forget => ledger.completed_until = None,
        }
        Ok(())
    }

    fn lock(&self) -> Result<MutexGuard<'_, Ledgers>, StoreError> {
        self.ledgers.lock().map_err(|_| StoreError::new("a thread died while it wrote to the memory store"))
    }
}

impl Ledger {
    /// Drops what has ended; says whether anything is left.
    fn sweep(&mut self, now: Timestamp) -> bool {
        self.entries.retain(|entry| now < entry.keep_until);
        self.completed_until.take_if(|until| now >= *until);
        !self.entries.is_empty() || self.completed_until.is_some()
    }

    fn next_at(&self, limits: &[Limit], now: Timestamp) -> Timestamp {
        let times: Vec<_> = self.entries.iter().map(|entry| entry.at).collect();
        Limit::all_next_at(limits, &times, now)
    }
}
