//! The part with the first record is found.

use crate::{clock::Timestamp, memory::earliest::Earliest};

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn a_part_with_an_ended_record_is_found_at_the_very_moment() {
    let earliest = Earliest::new(4);
    assert_eq!((earliest.ended(at(u64::MAX)), earliest.first()), (None, None));
    earliest.note(1, Some(at(2000)));
    earliest.note(3, Some(at(1000)));
    assert_eq!((earliest.ended(at(999)), earliest.ended(at(1000))), (None, Some(3)));
    assert_eq!(earliest.first(), Some(3));
    earliest.note(3, None);
    assert_eq!(
        (earliest.ended(at(1999)), earliest.ended(at(2000)), earliest.first()),
        (None, Some(1), Some(1))
    );
}
