//! Transfers that are approved, and requests with anything else.

use crate::{
    Candidate,
    approvals::{Proposal, fields},
    branches::Branches,
    changes,
    program::Program,
};

pub async fn what_was_approved_is_what_runs(candidate: &Candidate) {
    changes::what_was_approved_is_what_runs(&Branches::one(candidate)).await;
}

pub async fn an_equal_order_moves_what_was_approved_once(candidate: &Candidate) {
    changes::an_equal_order_moves_what_was_approved_once(&Branches::one(candidate)).await;
}

pub async fn two_tabs_approve_their_own_orders_in_either_order(candidate: &Candidate) {
    changes::two_tabs_approve_their_own_orders_in_either_order(&Branches::one(candidate)).await;
}

pub async fn an_order_without_a_grant_names_its_approval(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let rejected = alice.order(("100.00", "bob")).await;
    assert_eq!((rejected.status.as_u16(), rejected.header("cache-control")), (401, "no-store"));
    let Proposal { id, situation_url, .. } = Proposal::of(&rejected);
    assert_eq!(id.len(), 22, "{id}");
    assert_eq!(
        Proposal::of(&alice.order(("100", "BOB")).await).id,
        id,
        "an equal order has the same approval"
    );
    let other = Proposal::of(&alice.order(("100.01", "bob")).await);
    assert_ne!(other.id, id);
    assert!(bank.emulator("/inbox").await.is_empty(), "an order sends nothing");

    let situation = alice.fetch(&situation_url).await.json();
    let action = &situation["action"];
    assert_eq!(action["approval"], id, "{situation}");
    assert_eq!(action["sentence"], "Send 100.00 USD to bob");
    assert_eq!(action["lines"][0]["label"], "Amount");
    assert_eq!(action["lines"][0]["value"], "100.00 USD");
    assert_eq!(action["lines"][1]["label"], "To");
    assert_eq!(action["lines"][1]["value"], "bob");
}

pub async fn an_order_with_a_mistake_costs_nothing(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    for (order, why) in [(("1.005", "bob"), "such as 25"), (("5", "dora"), "no account with this username")] {
        for answer in [alice.order(order).await, alice.submit("/account", "/transfer", &fields(order)).await]
        {
            assert_eq!(
                (answer.status.as_u16(), answer.header("cache-control")),
                (422, "no-store"),
                "{order:?}"
            );
            assert!(answer.body.contains(why), "{order:?}: {}", answer.body);
        }
    }
    assert!(bank.emulator("/inbox").await.is_empty());
}
