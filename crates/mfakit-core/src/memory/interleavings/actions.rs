//! Actions and their grants under every interleaving.

use super::{alice, ben, carol, consumes, in_every_order, in_orders, store::MemoryStore};
use crate::memory::tests::person::{BEGIN, DAY, HOUR, Person};

fn approver() -> Person {
    alice().approving(1)
}

/// Keeps the action of Alice, and opens a challenge for it.
fn start(store: &MemoryStore) {
    approver().keep(store, BEGIN).unwrap();
    approver().start(store, BEGIN);
}

#[test]
fn a_bound_grant_is_consumed_once_with_its_action() {
    in_every_order(
        10,
        |store| {
            start(store);
            assert!(approver().redeem(store, BEGIN, DAY).is_some());
        },
        [|store| consumes(store, &approver()), |store| consumes(store, &approver())],
        |store, [one, other]| {
            assert!(one != other && !approver().has_action(store, BEGIN));
            assert_eq!((store.count().0[1], approver().consumed(store, BEGIN)), (0, 1));
        },
    );
}

#[test]
fn no_grant_survives_the_revocation_of_its_action() {
    in_every_order(
        10,
        start,
        [
            |store| approver().redeem(store, BEGIN, DAY).is_some(),
            |store| {
                approver().revoke(store);
                alice().approving(4).keep(store, BEGIN).is_ok()
            },
        ],
        |store, [_, kept]| {
            assert!(kept && approver().grant(store).is_none() && !approver().has_action(store, BEGIN));
            assert_eq!(store.count().0[1], 1);
        },
    );
}

#[test]
fn one_action_takes_one_place() {
    let keeps = |store: &MemoryStore| approver().keep(store, BEGIN).is_ok();
    in_every_order(
        1,
        |_| {},
        [keeps, keeps],
        |store, answers| {
            assert_eq!(answers, [true, true], "the second one finds the action");
            assert_eq!(store.count().0, [0, 1, 0]);
        },
    );
}

#[test]
fn the_place_of_an_expired_action_is_taken_once() {
    in_orders(
        Some(3),
        1,
        |store| assert!(approver().keep(store, BEGIN).is_ok()),
        [
            |store| ben().approving(2).keep(store, BEGIN.plus(HOUR)).is_ok(),
            |store| carol().approving(3).keep(store, BEGIN.plus(HOUR)).is_ok(),
        ],
        |store, [one, other]| assert!(one != other && store.count().0 == [0, 1, 0]),
    );
}
