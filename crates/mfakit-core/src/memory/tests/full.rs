//! A full store looks for expired records before it rejects anything, wherever they are.

use crate::memory::{
    store::MemoryStore,
    tests::person::{BEGIN, DAY, HOUR, MINUTE, Person},
};

#[test]
fn one_expired_user_among_many_makes_room_for_one() {
    let store = MemoryStore::with_capacity(1000);
    assert!(Person::new(0).reserve(&store, BEGIN).unwrap());
    for number in 1..1000 {
        assert!(Person::new(number).reserve(&store, BEGIN.plus(MINUTE)).unwrap());
    }
    assert!(Person::new(2000).reserve(&store, BEGIN.plus(2 * MINUTE)).is_err());
    assert!(Person::new(2001).reserve(&store, BEGIN.plus(HOUR)).unwrap());
    assert!(Person::new(2002).reserve(&store, BEGIN.plus(HOUR)).is_err());
    assert_eq!(store.count().0, [1000, 0, 0]);
}

#[test]
fn one_expired_grant_among_many_makes_room_for_starts() {
    let store = MemoryStore::with_capacity(100);
    for number in 0..100 {
        let person = Person::new(number);
        person.start(&store, BEGIN);
        let lifetime = if number == 0 { 2 * HOUR } else { DAY };
        assert!(person.redeem(&store, BEGIN, lifetime).is_some());
    }
    let newcomer = Person::new(2000);
    assert!(newcomer.reserve(&store, BEGIN.plus(HOUR)).is_err(), "the store is full of grants");
    assert!(newcomer.reserve(&store, BEGIN.plus(2 * HOUR)).unwrap());
}

#[test]
fn a_known_user_is_served_by_a_store_full_of_users() {
    let store = MemoryStore::with_capacity(20);
    for number in 0..20 {
        assert!(Person::new(number).reserve(&store, BEGIN).unwrap());
    }
    assert!(Person::new(2000).reserve(&store, BEGIN.plus(MINUTE)).is_err());
    assert!(Person::new(7).reserve(&store, BEGIN.plus(MINUTE)).unwrap());
}

#[test]
fn a_code_that_was_sent_is_honored_by_a_store_full_of_grants() {
    let store = MemoryStore::with_capacity(2);
    let people = [0, 1].map(Person::new);
    people.iter().for_each(|person| person.start(&store, BEGIN));
    for person in &people {
        assert!(person.redeem(&store, BEGIN, DAY).is_some());
        assert!(person.grant(&store).is_some());
    }
}

#[test]
fn one_expired_action_among_many_makes_room_for_one() {
    let store = MemoryStore::with_capacity(1000);
    let person = |number| Person::new(number).approving(1);
    person(0).keep(&store, BEGIN).unwrap();
    for number in 1..1000 {
        person(number).keep(&store, BEGIN.plus(MINUTE)).unwrap();
    }
    assert!(person(2000).keep(&store, BEGIN.plus(2 * MINUTE)).is_err());
    assert!(person(2001).keep(&store, BEGIN.plus(5 * MINUTE)).is_ok());
    assert!(person(2002).keep(&store, BEGIN.plus(5 * MINUTE)).is_err());
    assert_eq!(store.count().0, [0, 1000, 0]);
}

#[test]
fn an_action_that_needs_no_place_is_kept_by_a_store_full_of_actions() {
    let store = MemoryStore::with_capacity(3);
    let person = Person::new(0);
    for action in 1..4 {
        person.approving(action).keep(&store, BEGIN).unwrap();
    }
    assert!(Person::new(1).approving(9).keep(&store, BEGIN).is_err());
    let first = person.approving(1);
    assert_eq!(first.keep(&store, BEGIN).unwrap(), person.approving(1).keep(&store, BEGIN).unwrap());
    person.approving(4).keep(&store, BEGIN).unwrap();
    assert!(!first.has_action(&store, BEGIN), "the oldest one gave its place");
    assert_eq!((store.count().0, store.records()), ([0, 3, 0], 3));
}

#[test]
fn an_action_is_approved_in_a_store_full_of_grants_and_of_actions() {
    let store = MemoryStore::with_capacity(1);
    let (other, person) = (Person::new(0), Person::new(1).approving(1));
    other.start(&store, BEGIN);
    assert!(other.redeem(&store, BEGIN, 2 * DAY).is_some());
    // The record of the other user has ended, and the grant lives.
    let now = BEGIN.plus(HOUR);
    person.keep(&store, now).unwrap();
    assert!(Person::new(2).reserve(&store, now).is_err(), "the store is full of grants");
    person.start(&store, now);
    let grant = person.redeem(&store, now, DAY).unwrap();
    assert!(Person::new(2).approving(2).keep(&store, now).is_err(), "the store is full of actions");
    assert!(person.consume(&store, &grant));
    assert!(Person::new(2).approving(2).keep(&store, now).is_ok());
    assert!(other.grant(&store).is_some());
}

#[test]
fn approvals_that_were_consumed_take_no_place_and_give_way() {
    // Each of sixteen parts remembers as many as its share of the capacity.
    for (capacity, share) in [(1, 1), (16, 1), (64, 4), (100, 7)] {
        let (store, person, mut now) = (MemoryStore::with_capacity(capacity), Person::new(0), BEGIN);
        for number in 0..50 {
            person.approving(number).carry_out(&store, now);
            assert!(person.approving(number).is_consumed(&store, now), "{capacity}: the newest one");
            assert_eq!(person.consumed(&store, now), share.min(usize::from(number) + 1), "{capacity}");
            assert_eq!(store.count().0[1], 0, "{capacity}: no place is taken");
            now = now.plus(2 * HOUR);
        }
        let oldest = 50 - u8::try_from(share).unwrap();
        let remembered = (0..50).filter(|number| person.approving(*number).is_consumed(&store, now));
        assert_eq!(
            remembered.collect::<Vec<_>>(),
            (oldest..50).collect::<Vec<_>>(),
            "{capacity}: the newest"
        );
    }
}
