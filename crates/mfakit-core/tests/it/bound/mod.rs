//! A code approves one action, and its grant is good for exactly that action, once [TX-1].

mod by_id;
mod ceremony;
mod changes;
mod failures;
mod psd2;
mod separation;
mod situations;
mod testing_tools;
mod words;

use std::{collections::HashMap, sync::Mutex};

use mfakit_core::{
    Channel, Decision, DeclaredScope, GrantToken, LiveChallenge, MfaBuilder, Reason, Requirement, Scope,
    StartError, StartRequest, Subject, Verified,
    action::{Action, Approval, ApprovalId, Money, Payment, Words},
    adapter::{BoundCheck, Claims, MfaBoundExt as _},
};
use serde::{Deserialize, Serialize};

use crate::world::{World, brisk, world_with};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    amount: Money,
    payee: String,
    reference: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new()
            .with_amount(self.amount)
            .with_payee(&self.payee)
            .with_line("Reference", self.reference.as_str())
    }
}

impl Payment for Order {}

fn order(amount: &str, payee: &str) -> Order {
    Order { amount: amount.parse().unwrap(), payee: payee.to_owned(), reference: "2026-17".to_owned() }
}

/// Returns the order that most tests approve.
fn usual() -> Order {
    order("100.00 EUR", "ACME Ltd")
}

fn transfer() -> Scope {
    Scope::new("transfer").unwrap()
}

fn required() -> Requirement {
    Requirement::new(transfer()).once()
}

/// A world with a scope that is bound only, and the grant cookies of its browser.
struct Bank {
    world: World,
    cookies: Mutex<HashMap<ApprovalId, GrantToken>>,
}

fn bank() -> Bank {
    bank_with(|builder| builder)
}

fn bank_with(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Bank {
    let declared = |builder: MfaBuilder| {
        settings(builder.declare(DeclaredScope::new("transfer", "make a transfer").bound()).policy(brisk()))
    };
    Bank { world: world_with(declared), cookies: Mutex::default() }
}

impl Bank {
    fn token(&self, approval: &ApprovalId) -> Option<GrantToken> {
        self.cookies.lock().unwrap().get(approval).cloned()
    }

    async fn propose(&self, subject: &Subject, order: &Order) -> Approval {
        self.world.mfa.propose(subject, &required(), order, Some("/transfer")).await.unwrap().approval
    }

    async fn start(&self, subject: &Subject, approval: &Approval) -> Result<LiveChallenge, StartError> {
        let request = StartRequest::new(transfer(), Channel::Messaging).approval(approval.id);
        self.world.mfa.start(subject, request).await
    }

    /// Enters the code that was sent last, and keeps the cookie.
    async fn enter_code(&self, subject: &Subject, live: &LiveChallenge) -> Verified {
        let code = self.world.right_code();
        let verified = self.world.mfa.verify(subject, &transfer(), live, &code).await.unwrap();
        let approval = verified.grant.approval().expect("the grant is bound");
        if let Some(token) = &verified.token {
            self.cookies.lock().unwrap().insert(approval.id, token.clone());
        }
        verified
    }

    /// Proposes an order, and enters the right code for it.
    async fn approve(&self, subject: &Subject, order: &Order) -> Approval {
        let approval = self.propose(subject, order).await;
        self.world.clock.advance(std::time::Duration::from_secs(30));
        let live = self.start(subject, &approval).await.unwrap();
        let _ = self.enter_code(subject, &live).await;
        approval
    }

    async fn claims(&self, subject: &Subject) -> Result<Claims, Reason> {
        self.claims_for(subject, &required()).await
    }

    async fn claims_for(&self, subject: &Subject, requirement: &Requirement) -> Result<Claims, Reason> {
        let tokens = |approval: &ApprovalId| self.token(approval);
        match self.world.mfa.check_bound(Some(subject), requirement, &tokens).await.unwrap() {
            BoundCheck::Claims(claims) => Ok(claims),
            BoundCheck::Denied(denial) => Err(denial.reason),
        }
    }

    async fn consume(&self, subject: &Subject, order: &Order, claims: &Claims) -> Result<Approval, Reason> {
        let tokens = |approval: &ApprovalId| self.token(approval);
        let (order, digest) = self.world.mfa.read_back(&required(), order).unwrap();
        let words = || order.words();
        let consumed =
            self.world.mfa.consume_bound(Some(subject), &required(), &digest, &words, &tokens, claims).await;
        match consumed.unwrap() {
            Decision::Granted(grant) => Ok(*grant.approval().expect("the grant is bound")),
            Decision::Denied(denial) => Err(denial.reason),
        }
    }

    /// Does what a guard does: checks, and then consumes the grant of the order.
    async fn carry_out(&self, subject: &Subject, order: &Order) -> Result<Approval, Reason> {
        let claims = self.claims(subject).await?;
        self.consume(subject, order, &claims).await
    }
}
