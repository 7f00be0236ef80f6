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
