//! A grant that is good for one value, and nothing else [TX-1 to TX-6].

use std::fmt;

use mfakit::{DeclaredScope, MfaBuilder};

use crate::http::{
    ask::{Ask, Who},
    case::Case,
    heard::Heard,
    world::World,
};

mod changes;
mod events;
mod layers;
mod names;
mod pages;
mod repeated;
mod spellings;
mod ways;

/// Form of the payment that most cases approve.
const ORDER: &str = "amount=100&payee=ACME";

fn pay(who: Who, body: &str) -> Ask {
    Ask::post("/bound/pay").by(who).same_origin().urlencoded(body)
}

/// Approval that a rejected request has named.
#[derive(Clone, Debug)]
struct Proposed {
    id: String,
    challenge_url: String,
    situation_url: String,
}

/// Approval after its code was entered, with the grant cookie.
#[derive(Clone, Debug)]
struct Approved {
    id: String,
    cookie: String,
}

impl Proposed {
    #[track_caller]
    fn read(heard: &Heard) -> Self {
        let members = heard.problem(401, "step-up-required");
        assert_eq!(heard.runs, 0, "{heard}");
        let text =
            |name: &str| members[name].as_str().unwrap_or_else(|| panic!("{name}: {heard}")).to_owned();
        Self {
            id: text("approval"),
            challenge_url: text("challenge_url"),
            situation_url: text("situation_url"),
        }
    }

    /// Requests a code and enters it, as a program.
    async fn approve(&self, w: &World, who: Who) -> Approved {
        let started = w.start_at(who, &self.challenge_url).await;
        let scope = self.challenge_url.split('/').nth(2).unwrap();
        let heard = w.type_code(who, scope, &started.challenge, &started.code).await;
        assert_eq!(heard.status(200).value()["approval"], self.id.as_str(), "{heard}");
        let cookie = if who == Who::AliceByToken { String::new() } else { heard.cookie() };
        // The cool-down ends with the success, so the next approval need not wait.
        Approved { id: self.id.clone(), cookie }
    }
}

impl fmt::Display for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// Sends a request that is rejected, and approves its value.
async fn approve(w: &World, who: Who, ask: Ask) -> Approved {
    Proposed::read(&w.hear(ask).await).approve(w, who).await
}

/// Approves a payment of Alice's, and returns its cookie.
pub(super) async fn approve_order(w: &World) -> String {
    approve(w, Who::Alice, pay(Who::Alice, ORDER)).await.cookie
}

/// Declares a scope whose requirements are always bound.
fn with_orders(builder: MfaBuilder) -> MfaBuilder {
    builder.declare(DeclaredScope::new("orders", "place an order").bound())
}

pub(super) fn cases() -> Vec<Case> {
    let all = [
        ways::cases(),
        layers::cases(),
        names::cases(),
        changes::cases(),
        events::cases(),
        pages::cases(),
        repeated::cases(),
        spellings::cases(),
    ];
    all.into_iter().flatten().collect()
}
