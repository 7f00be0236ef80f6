//! Records that are found by hash, and that leave in the order in which they end.

use hashbrown::HashTable;

use crate::clock::Timestamp;

use super::chunks::Chunks;
#[cfg(test)]
use super::visits;

/// Record that ends at some time.
pub(super) trait Record {
    /// Returns the hash under which the record is found. It never changes.
    fn hash(&self) -> u64;

    /// Returns the time from which nothing in the record is needed.
    fn ends_at(&self) -> Timestamp;
}

/// Position of a record, or a place in the heap. Two bytes, because a store has enough parts to keep each one small.
type Index = u16;

/// Records that are found by hash, and that leave in the order in which they end.
///
/// 1. Records are packed: the last one moves to where one was removed. Nothing points to a record but the table and
///    the heap, by its position.
/// 2. The heap is a binary heap whose root ends first. Each record knows its place in it, so a record whose end has
///    changed is moved at once, and the heap contains nothing that is out of date.
/// 3. Every operation visits at most the records on one path through the heap, except when the table grows or shrinks,
///    which visits all records of the part.
pub(super) struct Expiring<R> {
    /// Positions of the records, by hash.
    table: HashTable<Index>,
    records: Chunks<R>,
    /// Place of each record in the heap.
    places: Vec<Index>,
    /// Positions of the records.
    heap: Vec<Index>,
}

impl<R: Record> Expiring<R> {
    pub(super) const fn new() -> Self {
        Self { table: HashTable::new(), records: Chunks::new(), places: Vec::new(), heap: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.heap.len()
    }

    /// Returns the numbers of records that the heap and the table have room for.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> (usize, usize) {
        (self.heap.capacity(), self.table.capacity())
    }

    /// Returns the end of the record that ends first.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.end_at_place(0)
    }

    pub(super) fn find(&self, hash: u64, is_it: impl Fn(&R) -> bool) -> Option<&R> {
        self.record(self.position(hash, is_it)?)
    }

    /// Returns the records with this hash, which may include others.
    pub(super) fn iter_hash(&self, hash: u64) -> impl Iterator<Item = &R> {
        self.table.iter_hash(hash).filter_map(|at| self.record(*at))
    }

    /// Adds a record. The caller knows that there is none with its key. Returns false if the part cannot hold more.
    #[must_use]
    pub(super) fn insert(&mut self, record: R) -> bool {
        let Ok(at) = Index::try_from(self.records.len()) else { return false };
        let records = &self.records;
        self.table.insert_unique(record.hash(), at, |at| hash_of(records, *at));
        self.records.push(record);
        push(&mut self.places, at);
        push(&mut self.heap, at);
        self.rise(usize::from(at));
        true
    }

    /// Changes a record, and moves it to its new place among the others. `None` if there is no such record.
    pub(super) fn change<T>(
        &mut self,
        hash: u64,
        is_it: impl Fn(&R) -> bool,
        change: impl FnOnce(&mut R) -> T,
    ) -> Option<T> {
        let at = self.position(hash, is_it)?;
        let changed = change(self.records.get_mut(usize::from(at))?);
        self.restore(usize::from(*self.places.get(usize::from(at))?));
        Some(changed)
    }

    pub(super) fn remove(&mut self, hash: u64, is_it: impl Fn(&R) -> bool) -> Option<R> {
        let at = self.position(hash, is_it)?;
        self.remove_at(at)
    }

    /// Removes the record that ends first if it has ended.
    pub(super) fn pop_ended(&mut self, now: Timestamp) -> Option<R> {
        if self.earliest()? > now {
            return None;
        }
        self.pop()
    }

    /// Removes the record that ends first.
    pub(super) fn pop(&mut self) -> Option<R> {
        self.remove_at(*self.heap.first()?)
    }

    fn record(&self, at: Index) -> Option<&R> {
        #[cfg(test)]
        visits::count();
        self.records.get(usize::from(at))
    }

    fn position(&self, hash: u64, is_it: impl Fn(&R) -> bool) -> Option<Index> {
        self.table.find(hash, |at| self.record(*at).is_some_and(&is_it)).copied()
    }

    fn remove_at(&mut self, at: Index) -> Option<R> {
        let hash = self.record(at)?.hash();
        self.table.find_entry(hash, |other| *other == at).ok()?.remove();
        let (place, end) = (usize::from(*self.places.get(usize::from(at))?), self.heap.len().checked_sub(1)?);
        self.swap(place, end);
        self.heap.pop();
        self.restore(place);
        let last = Index::try_from(end).ok()?;
        if at != last {
            let hash = self.record(last)?.hash();
            *self.table.find_mut(hash, |other| *other == last)? = at;
            *self.heap.get_mut(usize::from(*self.places.get(usize::from(last))?))? = at;
        }
        self.places.swap_remove(usize::from(at));
        let removed = self.records.swap_remove(usize::from(at));
        self.shrink();
        removed
    }

    /// Moves the record at this place in the heap to where it belongs.
    fn restore(&mut self, place: usize) {
        let place = self.rise(place);
        self.sink(place);
    }

    /// Moves a record towards the root while it ends before its parent. Returns its place.
    fn rise(&mut self, mut place: usize) -> usize {
        while let Some(parent) = place.checked_sub(1).map(|before| before / 2)
            && let (Some(own), Some(end)) = (self.end_at_place(place), self.end_at_place(parent))
            && own < end
        {
            self.swap(place, parent);
            place = parent;
        }
        place
    }

    /// Moves a record away from the root while one of its children ends before it.
    fn sink(&mut self, mut place: usize) {
        while let Some((end, child)) = self.first_child(place)
            && self.end_at_place(place).is_some_and(|own| end < own)
        {
            self.swap(place, child);
            place = child;
        }
    }

    /// Returns the child that ends first: its end and its place.
    fn first_child(&self, place: usize) -> Option<(Timestamp, usize)> {
        let children = [2 * place + 1, 2 * place + 2];
        children.into_iter().filter_map(|child| Some((self.end_at_place(child)?, child))).min()
    }

    fn end_at_place(&self, place: usize) -> Option<Timestamp> {
        self.record(*self.heap.get(place)?).map(R::ends_at)
    }

    /// Swaps two places of the heap. Both exist.
    fn swap(&mut self, one: usize, other: usize) {
        if one == other {
            return;
        }
        self.heap.swap(one, other);
        for place in [one, other] {
            if let (Some(at), Ok(index)) = (self.heap.get(place), Index::try_from(place))
                && let Some(noted) = self.places.get_mut(usize::from(*at))
            {
                *noted = index;
            }
        }
    }

    /// Returns memory once less than half of it is in use.
    fn shrink(&mut self) {
        let len = self.heap.len();
        if self.heap.capacity() > 2 * len + 16 {
            let room = len + len / 8;
            self.places.shrink_to(room);
            self.heap.shrink_to(room);
        }
        if self.table.capacity() > 4 * len + 16 {
            let records = &self.records;
            self.table.shrink_to(2 * len, |at| hash_of(records, *at));
        }
    }
}

fn hash_of<R: Record>(records: &Chunks<R>, at: Index) -> u64 {
    records.get(usize::from(at)).map_or(0, R::hash)
}

/// Adds to a list that grows by an eighth, because doubling would leave a third of the memory unused.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 8).max(4));
    }
    list.push(item);
}
