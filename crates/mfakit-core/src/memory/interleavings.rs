//! The store under every interleaving of threads that loom finds.
//!
//! The files of the store are compiled a second time, with loom's locks and atomics in the place of the standard
//! library's. Each test runs a few verbs in two or three threads, in every order of their locks and atomics, and with
//! every value that a load may return. Tests that would take too long are limited to three preemptions. The tests
//! cover read, start, keep, redeem, consume, revoke, release, sweeping by another user's verb, and making room for users,
//! grants, actions and budgets in both parts. Loom detects deadlocks by itself. After each order, the counters are compared with
//! the records.
#![allow(
    clippy::duplicate_mod,
    dead_code,
    unreachable_pub,
    reason = "the files are compiled a second time, for tests that need a part of them and export nothing"
)]

mod actions;
#[path = "approvals.rs"]
mod approvals;
#[path = "budget_part.rs"]
mod budget_part;
#[path = "budget_record.rs"]
mod budget_record;
#[path = "budgets.rs"]
mod budgets;
#[path = "chunks.rs"]
mod chunks;
#[path = "codes.rs"]
mod codes;
#[path = "consumed.rs"]
mod consumed;
#[path = "earliest.rs"]
mod earliest;
#[path = "errors.rs"]
mod errors;
#[path = "expiring.rs"]
mod expiring;
#[path = "grants.rs"]
mod grants;
#[path = "keyed_hash.rs"]
mod keyed_hash;
#[path = "part.rs"]
mod part;
#[path = "room.rs"]
mod room;
#[path = "spent.rs"]
mod spent;
#[path = "store.rs"]
mod store;
#[path = "user_record.rs"]
mod user_record;
#[path = "users.rs"]
mod users;
#[path = "visits.rs"]
mod visits;

/// Loom's primitives, under the names of the standard library's.
mod sync {
    pub(super) use loom::sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    };
}

use std::sync::Arc;

use keyed_hash::HashKey;
use store::MemoryStore;

use crate::{
    clock::Timestamp,
    memory::tests::person::{BEGIN, DAY, HOUR, MINUTE, Person},
};

/// Number of parts of each store.
const PARTS: usize = 2;

const KEYS: [[u8; 16]; 2] = [[1; 16], [2; 16]];

/// Runs `setup`, then all threads in every order, and `check` with their answers after each order.
fn in_every_order<const N: usize>(
    capacity: usize,
    setup: fn(&MemoryStore),
    threads: [fn(&MemoryStore) -> bool; N],
    check: fn(&MemoryStore, [bool; N]),
) {
    in_orders(None, capacity, setup, threads, check);
}

/// Does the same in every order in which threads are interrupted at most so many times although they could go on.
fn in_orders<const N: usize>(
    preemptions: Option<usize>,
    capacity: usize,
    setup: fn(&MemoryStore),
    threads: [fn(&MemoryStore) -> bool; N],
    check: fn(&MemoryStore, [bool; N]),
) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemptions;
    model.max_branches = 10_000;
    model.check(move || {
        // The keys are fixed, because loom repeats each run exactly.
        let store = Arc::new(MemoryStore::with_parts(capacity, PARTS, KEYS.map(HashKey::new)));
        setup(&store);
        let spawn = |verbs: &fn(&MemoryStore) -> bool| {
            let (store, verbs) = (Arc::clone(&store), *verbs);
            loom::thread::spawn(move || verbs(&store))
        };
        let others: Vec<_> = threads[1..].iter().map(spawn).collect();
        let mut answers = [threads[0](&store); N];
        for (answer, other) in answers[1..].iter_mut().zip(others) {
            *answer = other.join().unwrap();
        }
        check(&store, answers);
        assert_eq!(
            store.records(),
            store.count().0.iter().sum::<usize>(),
            "the counters agree with the records"
        );
    });
}

/// Returns one of the users of a part.
fn user_in(part: usize, nth: usize) -> Person {
    let key = HashKey::new(KEYS[0]);
    let is_in = |person: &Person| key.hash(person.user.as_str().as_bytes()).part(PARTS) == part;
    (0..).map(Person::new).filter(is_in).nth(nth).unwrap()
}

fn alice() -> Person {
    user_in(0, 0)
}

/// Returns a user of the same part as Alice.
fn ben() -> Person {
    user_in(0, 1)
}

/// Returns a user of the other part.
fn carol() -> Person {
    user_in(1, 0)
}

fn starts(store: &MemoryStore, person: &Person, now: Timestamp) -> bool {
    person.reserve(store, now).unwrap_or(false)
}

fn consumes(store: &MemoryStore, person: &Person) -> bool {
    person.grant(store).is_some_and(|grant| person.consume(store, &grant))
}

#[test]
fn a_grant_is_consumed_once() {
    in_every_order(
        10,
        |store| {
            alice().start(store, BEGIN);
            assert!(alice().redeem(store, BEGIN, DAY).is_some());
        },
        [
            |store| consumes(store, &alice()),
            |store| consumes(store, &alice()),
            |store| alice().grant(store).is_none_or(|grant| grant.expires_at == BEGIN.plus(DAY)),
        ],
        |store, [one, other, read]| assert!(one != other && read && alice().grant(store).is_none()),
    );
}

#[test]
fn a_challenge_is_redeemed_once_and_read_as_a_whole() {
    let redeems = |store: &MemoryStore| alice().redeem(store, BEGIN, DAY).is_some();
    in_every_order(
        10,
        |store| alice().start(store, BEGIN),
        [redeems, redeems, |store| {
            alice().grant(store).is_none_or(|grant| grant.expires_at == BEGIN.plus(DAY))
        }],
        |store, [one, other, read]| assert!(one != other && read && alice().grant(store).is_some()),
    );
}

#[test]
fn no_grant_survives_a_revocation() {
    in_every_order(
        10,
        |store| {
            alice().start(store, BEGIN);
            ben().start(store, BEGIN);
        },
        [
            |store| alice().redeem(store, BEGIN, DAY).is_some(),
            |store| {
                alice().revoke(store);
                true
            },
            |store| ben().redeem(store, BEGIN, DAY).is_some(),
        ],
        |store, [_, _, ben_redeemed]| {
            assert!(alice().grant(store).is_none());
            assert!(ben_redeemed && ben().grant(store).is_some());
        },
    );
}

#[test]
fn the_last_place_is_taken_once() {
    in_every_order(
        1,
        |_| {},
        [|store| starts(store, &alice(), BEGIN), |store| starts(store, &carol(), BEGIN)],
        |store, [one, other]| assert!(one != other && store.count().0 == [1, 0, 0]),
    );
}

#[test]
fn a_released_place_is_taken() {
    in_every_order(
        1,
        |store| assert!(starts(store, &alice(), BEGIN)),
        [
            |store| {
                alice().release(store);
                true
            },
            |store| starts(store, &carol(), BEGIN),
        ],
        |store, [_, carol_started]| {
            assert_eq!(store.count().0, [usize::from(carol_started), 0, 0]);
            assert!(carol_started || starts(store, &carol(), BEGIN));
        },
    );
}

#[test]
fn the_place_of_an_expired_user_is_taken_once() {
    in_every_order(
        1,
        |store| assert!(starts(store, &alice(), BEGIN)),
        [|store| starts(store, &ben(), BEGIN.plus(HOUR)), |store| starts(store, &carol(), BEGIN.plus(HOUR))],
        |store, [one, other]| assert!(one != other && store.count().0 == [1, 0, 0]),
    );
}

#[test]
fn room_is_made_in_both_parts_from_the_other() {
    in_every_order(
        2,
        |store| {
            assert!(starts(store, &alice(), BEGIN));
            assert!(starts(store, &carol(), BEGIN));
        },
        [
            |store| starts(store, &user_in(0, 2), BEGIN.plus(HOUR)),
            |store| starts(store, &user_in(1, 2), BEGIN.plus(HOUR)),
        ],
        |store, answers| {
            assert_eq!(answers, [true, true], "no place is lost");
            assert!(store.count().0[0] <= 2);
        },
    );
}

#[test]
fn a_user_whose_record_is_swept_meanwhile_is_served() {
    in_every_order(
        2,
        |store| {
            assert!(starts(store, &alice(), BEGIN));
            assert!(starts(store, &carol(), BEGIN.plus(MINUTE)));
        },
        [
            |store| starts(store, &alice(), BEGIN.plus(HOUR)),
            |store| starts(store, &user_in(1, 1), BEGIN.plus(HOUR)),
        ],
        |store, [one, other]| assert!((one != other) && store.count().0[0] == 2),
    );
}

#[test]
fn an_expired_grant_makes_room_while_it_is_consumed() {
    in_every_order(
        1,
        |store| {
            alice().start(store, BEGIN);
            assert!(alice().redeem(store, BEGIN, DAY).is_some());
        },
        [
            |store| starts(store, &carol(), BEGIN.plus(DAY)),
            |store| {
                consumes(store, &alice());
                true
            },
        ],
        |store, [carol_started, _]| assert!(carol_started && store.count().0 == [1, 0, 0]),
    );
}

#[test]
fn a_sweep_by_another_user_leaves_what_lives() {
    in_every_order(
        10,
        |store| {
            alice().start(store, BEGIN);
            assert!(ben().reserve(store, BEGIN.plus(MINUTE)).unwrap());
        },
        [
            |store| starts(store, &user_in(0, 2), BEGIN.plus(HOUR)),
            |store| ben().open(store, BEGIN.plus(HOUR)),
        ],
        |store, [started, opened]| {
            assert!(started && opened);
            assert_eq!(store.count().0[0], 2, "only Alice's record has ended");
        },
    );
}

#[test]
fn completions_give_way_to_counts_of_both_parts() {
    // Without a bound, this takes longer than all other tests.
    in_orders(
        Some(3),
        1,
        |store| (0..3).for_each(|number| Person::new(number).complete(store, BEGIN)),
        [
            |store| Person::new(10).count(store, 0, BEGIN).is_ok(),
            |store| Person::new(11).count(store, 0, BEGIN).is_ok(),
        ],
        |store, answers| {
            assert_eq!(answers, [true, true]);
            assert_eq!(store.count().0, [0, 0, 3]);
        },
    );
}

#[test]
fn an_expired_count_makes_room_once() {
    in_every_order(
        1,
        |store| {
            for number in 0..3 {
                let at = if number == 0 { BEGIN } else { BEGIN.plus(MINUTE) };
                assert!(Person::new(number).count(store, 0, at).is_ok());
            }
        },
        [
            |store| Person::new(10).count(store, 0, BEGIN.plus(DAY)).is_ok(),
            |store| Person::new(11).count(store, 0, BEGIN.plus(DAY)).is_ok(),
        ],
        |store, [one, other]| {
            assert!(one != other);
            assert_eq!(store.count().0, [0, 0, 3]);
        },
    );
}
