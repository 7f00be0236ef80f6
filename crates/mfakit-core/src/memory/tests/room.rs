//! Places are taken, kept and given back.

use crate::memory::room::Room;

#[test]
fn a_place_is_taken_kept_or_given_back() {
    let room = Room::new(2);
    room.take().unwrap().keep();
    let second = room.take().unwrap();
    assert!(room.is_full() && room.take().is_none());
    drop(second);
    assert_eq!((room.used(), room.take().is_some()), (1, true));
}

#[test]
fn a_record_that_must_not_be_rejected_exceeds_the_limit() {
    let room = Room::new(1);
    (0..3).for_each(|_| room.exceed());
    assert!(room.is_full() && room.take().is_none());
    room.give_back(2);
    assert!(room.is_full() && room.take().is_none());
    room.give_back(1);
    assert!(room.take().is_some());
}
