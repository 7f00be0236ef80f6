//! Counts that several users share: by number, block of numbers and address.
//!
//! 1. Budgets are in parts with a lock each, like users. [The module](super) describes the locking.
//! 2. A record that neither counts nor remembers anything is removed in the step that emptied it.
//! 3. If there is no room for a count, records that have ended make room, and then the completion that would be
//!    forgotten first. A completion for which there is no room is not remembered.

use crate::{
    clock::Timestamp,
    limit::Limit,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, StoreError},
};

use super::{
    budget_part::{BudgetPart, Change},
    budget_record::Event,
    earliest::Earliest,
    errors::{full, poisoned},
    keyed_hash::{HashKey, KeyedHash},
    room::{Place, Room},
    sync::{Mutex, MutexGuard},
};

/// Number of parts with ended counts that a full table sweeps before a completion is forgotten. What has ended there may
/// have to be remembered, and then sweeping makes no room.
const PARTS_SWEPT: usize = 8;

/// Counts that several users share, in parts with a lock each.
pub(super) struct Budgets {
    hash_key: HashKey,
    parts: Vec<Mutex<BudgetPart>>,
    room: Room,
    counting_end: Earliest,
    remembering_end: Earliest,
}

/// Part that is locked for writing. Before it is unlocked, it notes when its first records end.
struct Held<'a> {
    budgets: &'a Budgets,
    number: usize,
    part: MutexGuard<'a, BudgetPart>,
}

impl Budgets {
    pub(super) fn new(capacity: usize, parts: usize, hash_key: HashKey) -> Self {
        Self {
            hash_key,
            parts: std::iter::repeat_with(|| Mutex::new(BudgetPart::new())).take(parts).collect(),
            room: Room::new(capacity),
            counting_end: Earliest::new(parts),
            remembering_end: Earliest::new(parts),
        }
    }

    /// Returns the number of records.
    pub(super) fn len(&self) -> usize {
        self.room.used()
    }

    /// Returns the largest number of records.
    pub(super) const fn capacity(&self) -> usize {
        self.room.limit()
    }

    /// Returns the number of records in each part, counted there.
    #[cfg(test)]
    pub(super) fn parts(&self) -> Vec<usize> {
        (0..self.parts.len()).map(|number| self.lock(number).unwrap().len()).collect()
    }

    pub(super) fn reserve(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let ReserveBudget { budget, challenge, number, limits, now } = request;
        let budget = self.hash(budget);
        let event = Event { at: now, challenge: self.tag(challenge.as_bytes()), number: self.tag(number) };
        let (mut held, place) = self.hold_with_place(budget, now, true)?;
        if held.part.has(budget) {
            return held.part.reserve(budget, event, limits, now).ok_or_else(full);
        }
        let place = place.ok_or_else(full)?;
        let reserved = held.part.reserve_first(budget, event, limits, now).ok_or_else(full)?;
        place.keep();
        Ok(reserved)
    }

    pub(super) fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let budget = self.hash(budget);
        let part = self.lock(budget.part(self.parts.len()))?;
        Ok(part.next_at(budget, limits, now).filter(|retry_at| now < *retry_at))
    }

    pub(super) fn settle(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let budget = self.hash(budget);
        let (change, remembers) = match change {
            BudgetChange::Release { challenge } => {
                (Change::Release { challenge: self.tag(challenge.as_bytes()) }, None)
            }
            BudgetChange::Complete { number, keep_counted, remember_for } => {
                let (number, until) = ((!keep_counted).then(|| self.tag(number)), now.plus(remember_for));
                (Change::Complete { number, until }, (now < until).then_some(until))
            }
            BudgetChange::Forget => (Change::Forget, None),
        };
        let (mut held, place) = self.hold_with_place(budget, now, remembers.is_some())?;
        if held.part.has(budget) {
            self.room.give_back(held.part.settle(budget, change, now));
            return Ok(());
        }
        // The counted event may have left its window before the code was entered.
        if let (Some(until), Some(place)) = (remembers, place)
            && held.part.remember_first(budget, until)
        {
            place.keep();
        }
        Ok(())
    }

    /// Locks the part of a budget, and sweeps it. If the budget has no record and `adds` says that it may get one, takes
    /// a place for it, unless the table is full.
    fn hold_with_place(
        &self,
        budget: KeyedHash,
        now: Timestamp,
        adds: bool,
    ) -> Result<(Held<'_>, Option<Place<'_>>), StoreError> {
        let number = budget.part(self.parts.len());
        let mut held = Held { budgets: self, number, part: self.lock(number)? };
        self.room.give_back(held.part.sweep(now));
        if !adds || held.part.has(budget) {
            return Ok((held, None));
        }
        if let Some(place) = self.room.take() {
            return Ok((held, Some(place)));
        }
        // One lock at a time: this one is released before the store looks into other parts.
        drop(held);
        let place = self.make_room(now);
        Ok((Held { budgets: self, number, part: self.lock(number)? }, place))
    }

    /// Returns a place for one more record, after looking for ended ones, and then for a completion that is only
    /// remembered.
    fn make_room(&self, now: Timestamp) -> Option<Place<'_>> {
        let mut counting_swept = 0;
        loop {
            if let Some(place) = self.room.take() {
                return Some(place);
            }
            let counting_ended = || {
                counting_swept += 1;
                (counting_swept <= PARTS_SWEPT).then(|| self.counting_end.ended(now)).flatten()
            };
            if let Some(number) = self.remembering_end.ended(now).or_else(counting_ended) {
                self.make_room_in(number, |part| part.sweep(now));
            } else if let Some(number) = self.remembering_end.first() {
                self.make_room_in(number, |part| usize::from(part.forget_first()));
            } else {
                // Another thread may have removed the last one since.
                return self.room.take();
            }
        }
    }

    /// Removes records of a part.
    fn make_room_in(&self, number: usize, remove: impl FnOnce(&mut BudgetPart) -> usize) {
        match self.lock(number) {
            Ok(part) => {
                let mut held = Held { budgets: self, number, part };
                self.room.give_back(remove(&mut held.part));
            }
            Err(_) => {
                // Nothing in a poisoned part is used again, so there is nothing to find in it.
                self.counting_end.note(number, None);
                self.remembering_end.note(number, None);
            }
        }
    }

    fn lock(&self, number: usize) -> Result<MutexGuard<'_, BudgetPart>, StoreError> {
        self.parts.get(number).and_then(|part| part.lock().ok()).ok_or_else(poisoned)
    }

    fn hash(&self, budget: &Budget) -> KeyedHash {
        let (kind, hash) = match budget {
            Budget::Number(hash) => (0, hash),
            Budget::Block(hash) => (1, hash),
            Budget::Address(hash) => (2, hash),
            Budget::Rejections => (3, &[0; 32]),
        };
        let mut bytes = [kind; 33];
        bytes.iter_mut().skip(1).zip(hash).for_each(|(byte, of_hash)| *byte = *of_hash);
        self.hash_key.hash(&bytes)
    }

    /// Returns a short hash of an identifier that is only compared within one budget.
    fn tag(&self, identifier: &[u8; 32]) -> u64 {
        self.hash_key.hash(identifier).in_table()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.budgets.counting_end.note(self.number, self.part.earliest_counting());
        self.budgets.remembering_end.note(self.number, self.part.earliest_remembering());
    }
}
