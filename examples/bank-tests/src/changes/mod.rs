//! Requests that follow the approval of a transfer, as a table. The approved transfer is 100.00 from alice to bob.
//!
//! The second request is sent to the last branch, and the approval was given at the first one. A row of `CHANGES` moves
//! nothing, and states whether the approval is left. Each row ends with the approved order, which shows it. A row of
//! `EQUALS` is the approved order in other words, and moves exactly what was approved.

mod equals;
mod of_ids;
mod of_requests;
mod of_senders;
mod of_time;
mod of_values;

use std::pin::Pin;

use crate::{
    approvals::{Order, cookie_name},
    branches::Branches,
    browser::{Answer, Browser},
};

/// The approved order.
pub const ORDER: Order<'static> = ("100.00", "bob");

/// The transfer of the approved order.
const TRANSFER: &str = "alice $100.00 bob";

/// A customer whose transfer is approved.
#[derive(Debug)]
pub struct Scene<'a> {
    branches: &'a Branches,
    /// The browser of the customer, at the last branch.
    alice: Browser,
    /// Id of the approval.
    id: String,
}

/// Sends a second request. Returns the answer.
type Second = for<'a> fn(&'a mut Scene<'_>) -> Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// A second request that moves nothing.
struct Change {
    name: &'static str,
    second: Second,
    /// Statuses of the answer. They differ between the frameworks if one of them answers instead of mfakit.
    statuses: &'static [u16],
    /// True if the approved order moves the money before this request.
    is_used: bool,
    /// True if it still moves the money after this request.
    is_left: bool,
}

/// Creates a row of [`CHANGES`] after which the approval is left.
const fn left(name: &'static str, statuses: &'static [u16], second: Second) -> Change {
    Change { name, second, statuses, is_used: false, is_left: true }
}

/// Creates a row of [`CHANGES`] after which there is no approval.
const fn over(name: &'static str, statuses: &'static [u16], second: Second) -> Change {
    Change { name, second, statuses, is_used: false, is_left: false }
}

/// Creates a row of [`CHANGES`] whose approval was used before.
const fn used(name: &'static str, statuses: &'static [u16], second: Second) -> Change {
    Change { name, second, statuses, is_used: true, is_left: false }
}

/// All second requests that move nothing.
const CHANGES: [&[Change]; 5] =
    [of_values::CHANGES, of_requests::CHANGES, of_ids::CHANGES, of_senders::CHANGES, of_time::CHANGES];

/// All second requests that move what was approved.
use equals::EQUALS;

/// Asserts that no second request moves anything but what was approved.
pub async fn what_was_approved_is_what_runs(branches: &Branches) {
    let mut failures = Vec::new();
    for Change { name, second, statuses, is_used, is_left } in CHANGES.into_iter().flatten() {
        let mut scene = Scene::begin(branches).await;
        let (approved, id) = (scene.alice.clone(), scene.id.clone());
        if *is_used {
            let (_, moved) = branches.moved_by(scene.order(ORDER)).await;
            assert_eq!(moved, [TRANSFER], "before: {name}");
            scene.alice.cookies.clone_from(&approved.cookies);
        }
        let (answer, moved) = branches.moved_by(second(&mut scene)).await;
        let status = answer.status.as_u16();
        if !statuses.contains(&status) || !moved.is_empty() {
            failures.push(format!("{name}: moves {moved:?} and is answered {status} {}", answer.body));
        }
        let mut last = Scene { branches, alice: approved, id };
        let (_, moved) = branches.moved_by(last.order(ORDER)).await;
        let left: &[&str] = if *is_left { &[TRANSFER] } else { &[] };
        if moved != left {
            failures.push(format!("after {name}, the approved order moves {moved:?}, not {left:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Asserts that the approved order moves exactly what was approved, once, in all its spellings.
pub async fn an_equal_order_moves_what_was_approved_once(branches: &Branches) {
    for (name, second) in EQUALS {
        let mut scene = Scene::begin(branches).await;
        let mut approved = scene.alice.clone();
        let (answer, moved) = branches.moved_by(second(&mut scene)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{name}: {}", answer.body);
        assert_eq!(moved, [TRANSFER], "{name}");
        let (_, moved) = branches.moved_by(approved.order(ORDER)).await;
        assert_eq!(moved, <[&str; 0]>::default(), "after: {name}");
    }
}

impl<'a> Scene<'a> {
    /// Signs alice in at the first branch, where she approves the order.
    async fn begin(branches: &'a Branches) -> Self {
        branches.begin_again();
        let mut alice = branches.log_in("alice").await;
        let id = alice.approve(ORDER, async || branches.last_code()).await;
        Self { branches, alice: branches.at_last(&alice), id }
    }

    /// Sends an order.
    async fn order(&mut self, order: Order<'_>) -> Answer {
        self.alice.order(order).await
    }

    /// Sends a body of this type to a path.
    async fn body(&mut self, path: &str, media_type: &str, body: &str) -> Answer {
        let request = self.alice.by_script(path).header("content-type", media_type).body(body.to_owned());
        self.alice.send(request).await
    }

    /// Sends a form as it is written.
    async fn form(&mut self, body: &str) -> Answer {
        self.body("/transfer", "application/x-www-form-urlencoded", body).await
    }

    /// Sends a form without fields to the route for transfers with this query.
    async fn with_query(&mut self, query: &str) -> Answer {
        self.alice.order_with(&format!("/transfer?{query}"), &[]).await
    }

    /// Sends the identifier of the approval only.
    async fn by_id(&mut self) -> Answer {
        self.with_query(&format!("mfa-approval={}", self.id)).await
    }

    /// Sends ids in headers only.
    async fn with_headers(&mut self, ids: &[&str]) -> Answer {
        let request = self.alice.by_script("/transfer");
        let request = ids.iter().fold(request, |request, id| request.header("mfa-approval", *id));
        self.alice.send(request).await
    }

    /// Approves another order of the customer. Returns its id.
    async fn approve(&mut self, order: Order<'_>) -> String {
        self.alice.approve(order, async || self.branches.last_code()).await
    }

    /// Returns the name of the cookie with the grant.
    fn cookie(&self) -> String {
        cookie_name(&self.id)
    }
}

/// Asserts that two orders of one session do not disturb each other, in whatever order they are approved and sent.
pub async fn two_tabs_approve_their_own_orders_in_either_order(branches: &Branches) {
    const ORDERS: [Order<'static>; 2] = [("10.00", "bob"), ("20.00", "erin")];
    const TRANSFERS: [&str; 2] = ["alice $10.00 bob", "alice $20.00 erin"];
    for (entered, sent) in [([0, 1], [0, 1]), ([0, 1], [1, 0]), ([1, 0], [0, 1]), ([1, 0], [1, 0])] {
        branches.begin_again();
        let mut alice = branches.log_in("alice").await;
        let mut codes = Vec::new();
        for order in ORDERS {
            let proposal = alice.propose(order).await;
            let challenge = alice.request_code(&proposal, "messaging").await;
            codes.push((challenge, branches.last_code()));
        }
        for tab in entered {
            let (challenge, code) = &codes[tab];
            let answer = alice.enter_code(challenge, code).await;
            assert_eq!(answer.status, 200, "tab {tab} of {entered:?}: {}", answer.body);
        }
        let mut alice = branches.at_last(&alice);
        for tab in sent {
            let (_, moved) = branches.moved_by(alice.order(ORDERS[tab])).await;
            assert_eq!(moved, [TRANSFERS[tab]], "tab {tab} of {sent:?}");
            let (_, moved) = branches.moved_by(alice.order(ORDERS[tab])).await;
            assert_eq!(moved, <[&str; 0]>::default(), "tab {tab} of {sent:?}, again");
        }
    }
}
