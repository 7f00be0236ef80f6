//! Order that a person approves, and requests that carry it out.

use mfakit::{
    Decision, Mfa, Requirement, Scope, Subject,
    action::{Action, ApprovalId, Money, Words},
};
use mfakit_core::adapter::{Approved, BoundCheck, MfaBoundExt as _};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) amount: Money,
    pub(crate) payee: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_amount(self.amount).with_payee(&self.payee)
    }
}

pub(crate) fn order(payee: &str) -> Order {
    Order { amount: "100.00 EUR".parse().unwrap(), payee: payee.to_owned() }
}

pub(crate) fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

pub(crate) fn required() -> Requirement {
    Requirement::new(pay()).once()
}

/// Carries out an order, as a guard does for a request with its value. Returns whether its handler runs.
pub(crate) async fn by_value(mfa: &Mfa, alice: &Subject, order: &Order) -> bool {
    let BoundCheck::Claims(claims) = mfa.check_bound(Some(alice), &required(), &|_| None).await.unwrap()
    else {
        return false;
    };
    let (_, digest) = mfa.read_back(&required(), order).unwrap();
    let words = || order.words();
    let decision = mfa.consume_bound(Some(alice), &required(), &digest, &words, &|_| None, &claims).await;
    matches!(decision.unwrap(), Decision::Granted(_))
}

/// Carries out an order, as a guard does for a request that names its approval. Returns whether its handler runs.
pub(crate) async fn by_id(mfa: &Mfa, alice: &Subject, id: &ApprovalId) -> bool {
    let approved = mfa.approved(Some(alice), &required(), id, &|_| None).await.unwrap();
    let Approved::Granted { claims, action } = approved else { return false };
    let order: Order = mfa.read_kept(&action).unwrap();
    let (_, digest) = mfa.read_back(&required(), &order).unwrap();
    let words = || order.words();
    let decision = mfa.consume_bound(Some(alice), &required(), &digest, &words, &|_| None, &claims).await;
    matches!(decision.unwrap(), Decision::Granted(_))
}
