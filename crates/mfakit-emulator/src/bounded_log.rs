//! Log that discards its oldest entries, so that memory stays bounded.

use std::collections::VecDeque;

/// Log of the newest entries. It keeps the newest entry even if that entry alone exceeds the capacity.
#[derive(Debug)]
pub(crate) struct BoundedLog<T> {
    entries: VecDeque<(usize, T)>,
    weight: usize,
    capacity: Capacity,
}

/// Limits of a [`BoundedLog`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    /// Number of entries.
    pub(crate) count: usize,
    /// Size of all entries together, in bytes.
    pub(crate) weight: usize,
}

impl<T> BoundedLog<T> {
    pub(crate) fn new(capacity: Capacity) -> Self {
        Self { entries: VecDeque::new(), weight: 0, capacity }
    }

    /// Adds an entry of `weight` bytes.
    pub(crate) fn push(&mut self, weight: usize, entry: T) {
        self.entries.push_back((weight, entry));
        self.weight += weight;
        while self.entries.len() > 1
            && (self.entries.len() > self.capacity.count || self.weight > self.capacity.weight)
        {
            if let Some((weight, _)) = self.entries.pop_front() {
                self.weight -= weight;
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.weight = 0;
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.entries.iter().map(|(_, entry)| entry)
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.entries.iter_mut().map(|(_, entry)| entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(log: &BoundedLog<u32>) -> Vec<u32> {
        log.iter().copied().collect()
    }

    #[test]
    fn the_oldest_entry_is_discarded_beyond_the_count() {
        let mut log = BoundedLog::new(Capacity { count: 2, weight: 100 });
        (1..=3).for_each(|entry| log.push(1, entry));
        assert_eq!(entries(&log), [2, 3]);
    }

    #[test]
    fn the_oldest_entries_are_discarded_beyond_the_weight_but_the_newest_stays() {
        let mut log = BoundedLog::new(Capacity { count: 10, weight: 5 });
        (1..=3).for_each(|entry| log.push(2, entry));
        assert_eq!(entries(&log), [2, 3]);
        log.push(50, 4);
        assert_eq!(entries(&log), [4]);
        log.clear();
        log.push(5, 5);
        assert_eq!(entries(&log), [5]);
    }
}
