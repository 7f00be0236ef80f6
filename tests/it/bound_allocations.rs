//! A bound grant costs at most two allocations more than an unbound one that is consumed. The value is read once more, which
//! allocates each of its strings.

use allocation_counter::measure;
use mfakit::{Decision, GrantToken, LoginId, Mfa, Requirement, Scope, Subject};
use mfakit_core::{
    action::{Action, ApprovalId, Words},
    adapter::{AtOnce, BoundAtOnce, BoundCheck, MfaBoundExt as _, MfaExt as _},
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use crate::small_engine::mfa;

/// Order of one kilobyte.
#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
    reference: String,
    position: u64,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(&self.payee)
    }
}

fn order() -> Order {
    Order { payee: "ACME Ltd".to_owned(), reference: "x".repeat(950), position: 17 }
}

fn required() -> Requirement {
    Requirement::new(Scope::new("pay").unwrap()).once()
}

fn token(cookie: &str) -> GrantToken {
    GrantToken::from_cookie(cookie.split_once('=').unwrap().1.as_bytes()).unwrap()
}

/// Does what the guard of an unbound requirement does.
fn consume(runtime: &Runtime, mfa: &Mfa, subject: &Subject, token: &GrantToken) {
    let required = required();
    let AtOnce::Granted(terms) = mfa.check_at_once(Some(subject), &required, Some(token), mfa.now()) else {
        panic!("the store is in memory");
    };
    let grant = terms.grant(*required.scope());
    let consumed = mfa.consume_claimed(Some(subject), &required, Some(token), &grant);
    assert!(matches!(runtime.block_on(consumed), Ok(Decision::Granted(_))));
}

/// Does what the guard of a bound requirement does.
fn carry_out(runtime: &Runtime, mfa: &Mfa, subject: &Subject, token: &GrantToken, order: &Order) {
    let required = required();
    let tokens = |_: &ApprovalId| Some(token.clone());
    let checked = mfa.check_bound_at_once(Some(subject), &required, &tokens, mfa.now());
    let BoundAtOnce::Decided(Ok(BoundCheck::Claims(claims))) = checked else {
        panic!("the store is in memory");
    };
    let grant = claims.only();
    let (order, digest) = mfa.read_back(&required, order).unwrap();
    let words = || order.words();
    let consumed = mfa.consume_bound(Some(subject), &required, &digest, &words, &tokens, &claims);
    assert!(
        matches!(runtime.block_on(consumed), Ok(Decision::Granted(given)) if Some(&given) == grant.as_ref())
    );
}

#[test]
fn a_bound_grant_that_is_consumed_costs_at_most_two_allocations_more_than_an_unbound_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mfa, alice) = (mfa(), Subject::cookie("alice", LoginId::from_bytes([1; 16])));
    let order = order();
    let [mut unbound, mut bound] = [0, 0];
    // The first rounds fill caches.
    for _ in 0..3 {
        let cookie = token(&runtime.block_on(mfa.testing().grant(&alice, "pay")));
        unbound = measure(|| consume(&runtime, &mfa, &alice, &cookie)).count_total;
        let cookie = token(&runtime.block_on(mfa.testing().approve(&alice, "pay", &order)));
        bound = measure(|| carry_out(&runtime, &mfa, &alice, &cookie, &order)).count_total;
    }
    println!("unbound: {unbound}, bound: {bound}");
    assert!(bound <= unbound + 2, "bound: {bound}, unbound: {unbound}");
}
