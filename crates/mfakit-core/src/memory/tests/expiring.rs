//! The table and the heap agree after any sequence of operations.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{
    clock::Timestamp,
    memory::{
        expiring::{Expiring, Record},
        visits,
    },
};

#[derive(Clone, Debug, PartialEq)]
struct Item {
    key: u8,
    ends_at: Timestamp,
}

impl Record for Item {
    fn hash(&self) -> u64 {
        // Every fourth key has the same hash.
        u64::from(self.key % 4)
    }

    fn ends_at(&self) -> Timestamp {
        self.ends_at
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u16),
    Remove(u8),
    PopEnded(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..40_u8, any::<u16>()).prop_map(|(key, end)| Step::Put(key, end)),
        1 => (0..40_u8).prop_map(Step::Remove),
        1 => any::<u16>().prop_map(Step::PopEnded),
    ];
    proptest::collection::vec(step, 0..200)
}

fn at(millis: u16) -> Timestamp {
    Timestamp::from_millis(millis.into())
}

proptest! {
    #[test]
    fn records_are_found_and_leave_in_order(steps in steps()) {
        let (mut expiring, mut model) = (Expiring::new(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Put(key, end) => {
                    let hash = u64::from(key % 4);
                    let changed = expiring.change(hash, |item: &Item| item.key == key, |item| item.ends_at = at(end));
                    prop_assert_eq!(changed.is_some(), model.contains_key(&key));
                    if changed.is_none() {
                        let inserted = expiring.insert(Item { key, ends_at: at(end) });
                        prop_assert!(inserted);
                    }
                    model.insert(key, at(end));
                }
                Step::Remove(key) => {
                    let removed = expiring.remove(u64::from(key % 4), |item| item.key == key);
                    prop_assert_eq!(removed.map(|item| item.ends_at), model.remove(&key));
                }
                Step::PopEnded(now) => match expiring.pop_ended(at(now)) {
                    Some(item) => {
                        prop_assert!(item.ends_at <= at(now));
                        prop_assert_eq!(model.values().min().copied(), Some(item.ends_at));
                        model.remove(&item.key);
                    }
                    None => prop_assert!(model.values().all(|ends_at| *ends_at > at(now))),
                },
            }
            prop_assert_eq!(expiring.earliest(), model.values().min().copied());
            prop_assert_eq!(expiring.is_empty(), model.is_empty());
            for key in 0..40 {
                let found = expiring.find(u64::from(key % 4), |item| item.key == key);
                prop_assert_eq!(found.map(|item| item.ends_at), model.get(&key).copied());
            }
        }
    }
}

#[test]
fn memory_is_returned_when_most_records_have_left() {
    let mut expiring = Expiring::new();
    let item = |key: u8| Item { key, ends_at: at(key.into()) };
    (0..=u8::MAX).for_each(|key| assert!(expiring.insert(item(key))));
    assert!((256..=290).contains(&expiring.capacity().0), "{:?}", expiring.capacity());
    while expiring.pop_ended(at(250)).is_some() {}
    assert_eq!(expiring.len(), 5);
    let (records, table) = expiring.capacity();
    assert!(records <= 26 && table <= 64, "{records} {table}");
}

#[test]
fn a_removal_visits_one_path_through_the_heap() {
    let mut expiring = Expiring::new();
    (0..10_000).for_each(|key| assert!(expiring.insert(Numbered(key))));
    let before = visits::so_far();
    assert!(expiring.pop_ended(Timestamp::from_millis(u64::MAX)).is_some());
    // A heap of 10,000 has 14 levels, and each level has two children and the record itself to compare.
    assert!(visits::so_far() - before < 80, "{}", visits::so_far() - before);
}

struct Numbered(u64);

impl Record for Numbered {
    fn hash(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn ends_at(&self) -> Timestamp {
        Timestamp::from_millis(self.0)
    }
}
