//! Properties of canonical forms, over values of every kind.

use std::collections::BTreeMap;

use proptest::{collection, option, prelude::*};
use serde::{Deserialize, Serialize};

use super::{tests::scope, *};
use crate::action::{Currency, Money, Words};

/// Action with something of everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) amount: Money,
    pub(super) payee: String,
    pub(super) memo: Option<String>,
    pub(super) count: i64,
    pub(super) big: u128,
    pub(super) urgent: bool,
    pub(super) mark: char,
    pub(super) parts: Vec<(u8, Option<i16>)>,
    pub(super) names: BTreeMap<String, i8>,
    pub(super) limits: BTreeMap<i32, Money>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    Plain,
    Marked(String),
    Both(u8, String),
    Named { at: u32, within: Vec<Self> },
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_amount(self.amount).with_payee(&self.payee)
    }
}

fn money() -> impl Strategy<Value = Money> {
    let currencies: Vec<_> = Currency::all().collect();
    (any::<u64>(), prop::sample::select(currencies)).prop_map(|(minor, currency)| Money::new(minor, currency))
}

fn kinds() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        Just(Kind::Plain),
        ".{0,3}".prop_map(Kind::Marked),
        (any::<u8>(), ".{0,3}").prop_map(|(number, text)| Kind::Both(number, text)),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        (any::<u32>(), collection::vec(inner, 0..3)).prop_map(|(at, within)| Kind::Named { at, within })
    })
}

fn orders() -> impl Strategy<Value = Order> {
    let (texts, short) = (".{0,12}", ".{0,3}");
    let first =
        (money(), texts, option::of(short), any::<i64>(), any::<u128>(), any::<bool>(), any::<char>());
    let second = (
        collection::vec((any::<u8>(), option::of(any::<i16>())), 0..4),
        collection::btree_map(short, any::<i8>(), 0..4),
        collection::btree_map(any::<i32>(), money(), 0..3),
        kinds(),
    );
    (first, second).prop_map(|((amount, payee, memo, count, big, urgent, mark), second)| {
        let (parts, names, limits, kind) = second;
        Order { amount, payee, memo, count, big, urgent, mark, parts, names, limits, kind }
    })
}

/// Orders that are nearly equal: one field of the second is that of the first, or not.
fn neighbors() -> impl Strategy<Value = (Order, Order)> {
    (orders(), orders(), any::<[bool; 6]>()).prop_map(|(one, other, from_other)| {
        let mut near = one.clone();
        let [amount, payee, memo, parts, names, kind] = from_other;
        if amount {
            near.amount = other.amount;
        }
        if payee {
            near.payee = other.payee;
        }
        if memo {
            near.memo = other.memo;
        }
        if parts {
            near.parts = other.parts;
        }
        if names {
            near.names = other.names;
        }
        if kind {
            near.kind = other.kind;
        }
        (one, near)
    })
}

proptest! {
    #[test]
    fn a_canonical_form_round_trips(order in orders()) {
        let canonical = CanonicalAction::new(&scope("pay"), &order).unwrap();
        prop_assert_eq!(canonical.bytes(), serde_json::to_vec(&order).unwrap(), "the bytes of serde_json");
        prop_assert_eq!(decode::<Order>(canonical.bytes()), Ok(order.clone()));
        prop_assert_eq!(digest_of(&scope("pay"), &order), Ok(canonical.digest()));
        let kept = decode_kept::<Order>(&scope("pay"), canonical.bytes(), &canonical.digest());
        prop_assert_eq!(kept, Some(order));
    }

    #[test]
    fn values_with_equal_digests_are_equal((one, other) in neighbors()) {
        let (pay, digest) = (scope("pay"), |order| digest_of(&scope("pay"), order).unwrap());
        prop_assert_eq!(digest(&one) == digest(&other), one == other);
        prop_assert_eq!(digest_of(&pay, &one), digest_of(&pay, &one.clone()));
    }
}
