//! Room does not run out: after any number of users, one after the other, a newcomer is served, and no kind of record
//! piles up.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    memory::{
        store::MemoryStore,
        tests::person::{BEGIN, DAY, HOUR, MINUTE, Person},
    },
    store::{BudgetChange, BudgetReservation},
};

const CAPACITY: usize = 4;
const USERS: u64 = 50;

/// Serves many users, one after the other. `serve` leaves records of one kind behind, which have ended after `lifetime`.
fn one_after_the_other(lifetime: Duration, serve: impl Fn(&MemoryStore, &Person, Timestamp)) {
    let (store, mut now) = (MemoryStore::with_capacity(CAPACITY), BEGIN);
    for number in 0..USERS {
        serve(&store, &Person::new(number), now);
        let [users, grants, budgets] = store.count().0;
        assert!(users <= CAPACITY && grants <= CAPACITY && budgets <= 3 * CAPACITY, "{store:?}");
        assert_eq!(store.records(), users + grants + budgets);
        now = now.plus(lifetime);
    }
}

/// Fills a store with records of one kind, and checks that it is full until they end, and has room then.
fn full_until(lifetime: Duration, serve: impl Fn(&MemoryStore, &Person, Timestamp)) {
    let (store, newcomer) = (MemoryStore::with_capacity(CAPACITY), Person::new(1000));
    (0..CAPACITY as u64).for_each(|number| serve(&store, &Person::new(number), BEGIN));
    let just_before = Timestamp::from_millis(BEGIN.plus(lifetime).as_millis() - 1);
    assert!(newcomer.reserve(&store, just_before).is_err(), "what lives stays");
    assert!(newcomer.reserve(&store, BEGIN.plus(lifetime)).unwrap(), "what has ended makes room");
}

fn both(lifetime: Duration, serve: impl Fn(&MemoryStore, &Person, Timestamp)) {
    one_after_the_other(lifetime, &serve);
    full_until(lifetime, &serve);
}

#[test]
fn sends_that_never_arrived() {
    both(HOUR, |store, person, now| assert!(person.reserve(store, now).unwrap()));
}

#[test]
fn sends_that_were_released() {
    one_after_the_other(Duration::ZERO, |store, person, now| {
        assert!(person.reserve(store, now).unwrap());
        person.release(store);
    });
}

#[test]
fn challenges_that_were_never_answered() {
    both(HOUR, |store, person, now| person.start(store, now));
}

#[test]
fn spent_challenges() {
    both(HOUR, |store, person, now| {
        person.start(store, now);
        assert!(person.attempt(store, now));
        assert!(person.redeem(store, now, MINUTE).is_some());
    });
}

#[test]
fn grants() {
    both(DAY, |store, person, now| {
        person.start(store, now);
        assert!(person.redeem(store, now, DAY).is_some());
    });
}

#[test]
fn grants_that_were_consumed() {
    one_after_the_other(HOUR, |store, person, now| {
        person.start(store, now);
        let grant = person.redeem(store, now, 30 * DAY).unwrap();
        assert!(person.consume(store, &grant));
    });
}

#[test]
fn actions_that_were_never_approved() {
    one_after_the_other(5 * MINUTE, |store, person, now| {
        (1..4).for_each(|action| assert!(person.approving(action).keep(store, now).is_ok()));
    });
    let (store, newcomer) = (MemoryStore::with_capacity(CAPACITY), Person::new(1000).approving(1));
    for number in 0..CAPACITY as u64 {
        Person::new(number).approving(1).keep(&store, BEGIN).unwrap();
    }
    let just_before = Timestamp::from_millis(BEGIN.plus(5 * MINUTE).as_millis() - 1);
    assert!(newcomer.keep(&store, just_before).is_err(), "what lives stays");
    assert!(newcomer.keep(&store, BEGIN.plus(5 * MINUTE)).is_ok(), "what has ended makes room");
}

#[test]
fn actions_that_were_approved() {
    one_after_the_other(DAY, |store, person, now| {
        let person = person.approving(1);
        person.keep(store, now).unwrap();
        person.start(store, now);
        assert!(person.redeem(store, now, DAY).is_some());
    });
}

#[test]
fn actions_that_were_carried_out_or_revoked() {
    one_after_the_other(HOUR, |store, person, now| {
        let (carried_out, revoked) = (person.approving(1), person.approving(2));
        carried_out.keep(store, now).unwrap();
        carried_out.start(store, now);
        let grant = carried_out.redeem(store, now, 30 * DAY).unwrap();
        assert!(carried_out.consume(store, &grant));
        revoked.keep(store, now).unwrap();
        revoked.revoke(store);
        assert!(!carried_out.has_action(store, now) && !revoked.has_action(store, now));
    });
}

#[test]
fn revocations() {
    one_after_the_other(HOUR, |store, person, now| {
        person.start(store, now);
        assert!(person.redeem(store, now, 30 * DAY).is_some());
        person.revoke(store);
    });
}

#[test]
fn failures() {
    both(30 * DAY, |store, person, now| {
        person.start(store, now);
        assert!(person.attempt(store, now));
    });
}

#[test]
fn locks() {
    both(30 * DAY, |store, person, now| {
        person.start(store, now);
        assert_eq!((0..20).filter(|_| person.attempt(store, now)).count(), 10);
    });
}

#[test]
fn unlocked_users() {
    one_after_the_other(HOUR, |store, person, now| {
        person.start(store, now);
        assert_eq!((0..20).filter(|_| person.attempt(store, now)).count(), 10);
        person.unlock(store);
    });
}

#[test]
fn disabled_users_stay_until_they_are_unlocked() {
    let (store, mut now) = (MemoryStore::with_capacity(CAPACITY), BEGIN);
    let disabled: Vec<_> = (0..CAPACITY as u64).map(Person::new).collect();
    for person in &disabled {
        for _ in 0..5 {
            person.start(&store, now);
            assert_eq!((0..20).filter(|_| person.attempt(&store, now)).count(), 10);
            now = now.plus(DAY);
        }
    }
    let newcomer = Person::new(1000);
    now = now.plus(1000 * DAY);
    assert!(newcomer.reserve(&store, now).is_err(), "a disabled user lives");
    disabled[0].unlock(&store);
    assert!(newcomer.reserve(&store, now).unwrap());
}

#[test]
fn scopes() {
    one_after_the_other(DAY, |store, person, now| {
        let person = person.for_scope(&format!("scope-{}", person.number[0]));
        person.start(store, now);
        assert!(person.redeem(store, now, DAY).is_some());
    });
}

/// Counts against one budget, which ends after `lifetime`, and checks that the table is full until then.
fn budgets(budget: usize, lifetime: Duration) {
    one_after_the_other(lifetime, |store, person, now| {
        for _ in 0..3 {
            let counted = person.count(store, budget, now);
            assert!(matches!(counted, Ok(BudgetReservation::Reserved { .. })), "{counted:?}");
        }
    });
    let (store, newcomer) = (MemoryStore::with_capacity(CAPACITY), Person::new(1000));
    for number in 0..3 * CAPACITY as u64 {
        let _ = Person::new(number).count(&store, budget, BEGIN).unwrap();
    }
    let just_before = Timestamp::from_millis(BEGIN.plus(lifetime).as_millis() - 1);
    assert!(newcomer.count(&store, budget, just_before).is_err());
    assert!(newcomer.count(&store, budget, BEGIN.plus(lifetime)).is_ok());
}

#[test]
fn counts_of_numbers() {
    budgets(0, DAY);
}

#[test]
fn counts_of_blocks() {
    budgets(1, HOUR);
}

#[test]
fn counts_of_addresses() {
    budgets(2, HOUR);
}

#[test]
fn numbers_that_completed_a_challenge() {
    // Whole ceremonies, an hour apart: numbers count for a day and are remembered for 90.
    one_after_the_other(DAY / 2, |store, person, now| {
        (0..3).for_each(|budget| assert!(person.count(store, budget, now).is_ok()));
        person.complete(store, now);
    });
}

#[test]
fn numbers_that_completed_a_challenge_after_their_count_had_ended() {
    one_after_the_other(Duration::ZERO, |store, person, now| person.complete(store, now));
}

#[test]
fn numbers_that_are_forgotten() {
    one_after_the_other(Duration::ZERO, |store, person, now| {
        person.complete(store, now);
        person.settle(store, 0, BudgetChange::Forget, now);
        assert_eq!(store.records(), 0);
    });
}

#[test]
fn the_completion_that_ends_first_gives_way() {
    let (store, all) = (MemoryStore::with_capacity(CAPACITY), 3 * CAPACITY as u64);
    // The first ones are remembered for the longest time.
    for number in 0..all {
        let person = Person::new(number);
        let remember_for = 90 * DAY - Duration::from_secs(number);
        let change = BudgetChange::Complete { number: &person.number, keep_counted: true, remember_for };
        person.settle(&store, 0, change, BEGIN);
    }
    for newcomer in 0..4 {
        assert!(Person::new(1000 + newcomer).count(&store, 1, BEGIN).is_ok());
    }
    let is_remembered = |number: &u64| {
        let counted = Person::new(*number).count(&store, 0, BEGIN);
        matches!(counted, Ok(BudgetReservation::Reserved { completed: true, .. }))
    };
    let remembered: Vec<_> = (0..all).filter(is_remembered).collect();
    assert_eq!(remembered, (0..all - 4).collect::<Vec<_>>());
}
