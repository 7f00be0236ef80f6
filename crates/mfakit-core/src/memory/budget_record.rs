//! Counts of one budget, and the memory of a completion.

use std::time::Duration;

use smallvec::SmallVec;

use crate::{
    clock::Timestamp,
    limit::Limit,
    store::BudgetReservation,
    stored::{Stored, stored},
};

use super::{expiring::Record, keyed_hash::KeyedHash};

/// Budget that counts something.
#[derive(Debug)]
pub(super) struct Counting {
    budget: KeyedHash,
    /// Zero if no completion is remembered.
    completed_until: Timestamp,
    /// Time for which each event is kept, in milliseconds: the longest window of all limits so far. An event that is
    /// kept for too long is outside of every window, so it does not count.
    keep: u64,
    /// Oldest first. Most budgets have one.
    events: SmallVec<[Event; 1]>,
}

/// Event that was counted. Its challenge and its number are hashed, because they are only compared.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) challenge: u64,
    pub(super) number: u64,
}

/// Budget that counts nothing and remembers that a challenge was completed.
pub(super) struct Remembering {
    pub(super) budget: KeyedHash,
    pub(super) until: Timestamp,
}

stored!(Event { at, challenge, number });

/// The only budget in a table has no hash to keep.
impl Stored for Counting {
    fn write(&self, to: &mut Vec<u8>) {
        let Self { budget: _, completed_until, keep, events } = self;
        completed_until.write(to);
        keep.write(to);
        events.write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let (completed_until, keep, events) = (Stored::read(from)?, Stored::read(from)?, Stored::read(from)?);
        Some(Self { budget: KeyedHash::SOLE, completed_until, keep, events })
    }
}

impl Record for Counting {
    fn hash(&self) -> u64 {
        self.budget.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.events.last().map(|event| event.at.plus(Duration::from_millis(self.keep))).unwrap_or_default()
    }
}

impl Record for Remembering {
    fn hash(&self) -> u64 {
        self.budget.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.until
    }
}

impl Counting {
    /// Creates a record without events.
    pub(super) fn new(budget: KeyedHash, completed_until: Timestamp) -> Self {
        Self { budget, completed_until, keep: 0, events: SmallVec::new() }
    }

    /// Creates the record of the only budget in a table.
    pub(super) fn sole() -> Self {
        Self::new(KeyedHash::SOLE, Timestamp::default())
    }

    /// Returns the time from which the record neither counts nor remembers anything.
    pub(super) fn remembered_until(&self) -> Timestamp {
        self.ends_at().max(self.completed_until)
    }

    /// Forgets a completion once it no longer counts.
    pub(super) fn forget(&mut self, now: Timestamp) {
        if now >= self.completed_until {
            self.completed_until = Timestamp::default();
        }
    }

    pub(super) const fn budget(&self) -> KeyedHash {
        self.budget
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Returns what is left once nothing counts: the memory of a completion, if there is one.
    pub(super) fn remembering(&self, now: Timestamp) -> Option<Remembering> {
        let (budget, until) = (self.budget, self.completed_until);
        (now < until).then_some(Remembering { budget, until })
    }

    pub(super) fn next_at(&self, limits: &[Limit], now: Timestamp) -> Timestamp {
        let times: Vec<_> = self.current(now).map(|event| event.at).collect();
        Limit::all_next_at(limits, &times, now)
    }

    pub(super) fn reserve(&mut self, event: Event, limits: &[Limit], now: Timestamp) -> BudgetReservation {
        let completed = now < self.completed_until;
        let retry_at = self.next_at(limits, now);
        if now < retry_at {
            return BudgetReservation::Exhausted { retry_at, completed };
        }
        self.sweep(now);
        let keep = u64::try_from(Limit::longest(limits).as_millis()).unwrap_or(u64::MAX);
        self.keep = self.keep.max(keep);
        // Not always the end: the clock may have been set back.
        let at = self.events.partition_point(|other| other.at <= event.at);
        self.events.insert(at, event);
        BudgetReservation::Reserved { next_at: self.next_at(limits, now), completed }
    }

    pub(super) fn release(&mut self, challenge: u64) {
        self.retain(|event| event.challenge != challenge);
    }

    /// Releases the events of a number.
    pub(super) fn release_number(&mut self, number: u64) {
        self.retain(|event| event.number != number);
    }

    pub(super) const fn remember(&mut self, completed_until: Timestamp) {
        self.completed_until = completed_until;
    }

    /// Removes the events that have ended.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        let keep = Duration::from_millis(self.keep);
        self.retain(|event| now < event.at.plus(keep));
    }

    fn retain(&mut self, keeps: impl Fn(&Event) -> bool) {
        let before = self.events.len();
        self.events.retain(|event| keeps(event));
        if self.events.len() < before {
            self.events.shrink_to_fit();
        }
    }

    fn current(&self, now: Timestamp) -> impl Iterator<Item = &Event> {
        let keep = Duration::from_millis(self.keep);
        self.events.iter().filter(move |event| now < event.at.plus(keep))
    }
}
