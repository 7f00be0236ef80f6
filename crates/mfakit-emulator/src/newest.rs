//! A list that keeps its newest entries and lets go of the oldest, so that memory stays bounded.

use std::collections::VecDeque;

/// Keeps at most `count` entries weighing at most `weight` bytes in all; the newest one stays whatever it weighs.
#[derive(Debug)]
pub(crate) struct Newest<T> {
    entries: VecDeque<(usize, T)>,
    weight: usize,
    most: Most,
}

/// The bounds of a [`Newest`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) count: usize,
    pub(crate) weight: usize,
}

impl<T> Newest<T> {
    pub(crate) fn new(most: Most) -> Self {
        Self { entries: VecDeque::new(), weight: 0, most }
    }

    pub(crate) fn push(&mut self, weight: usize, entry: T) {
        self.entries.push_back((weight, entry));
        self.weight += weight;
        while self.entries.len() > 1
            && (self.entries.len() > self.most.count || self.weight > self.most.weight)
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

    fn kept(list: &Newest<u32>) -> Vec<u32> {
        list.iter().copied().collect()
    }

    #[test]
    fn beyond_its_count_the_oldest_goes() {
        let mut list = Newest::new(Most { count: 2, weight: 100 });
        (1..=3).for_each(|entry| list.push(1, entry));
        assert_eq!(kept(&list), [2, 3]);
    }

    #[test]
    fn beyond_its_weight_the_oldest_go_but_the_newest_stays() {
        let mut list = Newest::new(Most { count: 10, weight: 5 });
        (1..=3).for_each(|entry| list.push(2, entry));
        assert_eq!(kept(&list), [2, 3]);
        list.push(50, 4);
        assert_eq!(kept(&list), [4]);
        list.clear();
        list.push(5, 5);
        assert_eq!(kept(&list), [5]);
    }
}
