//! A request names an approval, and the handler receives the action that was kept.

use std::time::Duration;

use mfakit_core::{
    Reason, Subject,
    action::ApprovalId,
    adapter::{Approved, MfaBoundExt as _},
};

use super::{Bank, Order, bank, required, usual};
use crate::world::{alice, user};

async fn approved(bank: &Bank, subject: Option<&Subject>, approval: &ApprovalId) -> Approved {
    let tokens = |approval: &ApprovalId| bank.token(approval);
    bank.world.mfa.approved(subject, &required(), approval, &tokens).await.unwrap()
}

async fn denied(bank: &Bank, subject: Option<&Subject>, approval: &ApprovalId) -> Option<Reason> {
    match approved(bank, subject, approval).await {
        Approved::Denied(denial) => Some(denial.reason),
        Approved::Over | Approved::Consumed => None,
        Approved::Granted { .. } => panic!("nothing is granted"),
    }
}

#[tokio::test]
async fn the_handler_receives_the_value_that_was_approved() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    assert_eq!(denied(&bank, Some(&alice), &approval.id).await, Some(Reason::Missing));
    bank.approve(&alice, &usual()).await;
    let Approved::Granted { claims, action } = approved(&bank, Some(&alice), &approval.id).await else {
        panic!("it is approved");
    };
    assert_eq!((action.approval, action.target.as_deref()), (approval, Some("/transfer")));
    let order: Order = bank.world.mfa.read_kept(&action).unwrap();
    assert_eq!(order, usual());
    assert_eq!(bank.consume(&alice, &order, &claims).await, Ok(approval));
    assert_eq!(denied(&bank, Some(&alice), &approval.id).await, None, "it was carried out");
    let consumed = approved(&bank, Some(&alice), &approval.id).await;
    assert!(matches!(consumed, Approved::Consumed), "{consumed:?}");
    assert!(matches!(approved(&bank, Some(&user("alice")), &approval.id).await, Approved::Over), "not here");
    assert_eq!(bank.consume(&alice, &order, &claims).await, Err(Reason::Missing), "a replay");
}

#[tokio::test]
async fn an_approval_that_is_not_the_callers_is_over() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    for (name, other) in [("session", user("alice")), ("user", Subject::cookie("bob", *alice.login()))] {
        assert_eq!(denied(&bank, Some(&other), &approval.id).await, None, "another {name}");
    }
    assert_eq!(denied(&bank, Some(&alice), &ApprovalId::from_bytes([7; 16])).await, None, "unknown");
    assert_eq!(denied(&bank, None, &approval.id).await, Some(Reason::Unauthenticated));
    let token = bank.cookies.lock().unwrap().remove(&approval.id).unwrap();
    assert_eq!(denied(&bank, Some(&alice), &approval.id).await, Some(Reason::Missing), "no cookie");
    bank.cookies.lock().unwrap().insert(approval.id, token);
    bank.world.clock.advance(Duration::from_secs(10 * 60));
    assert_eq!(denied(&bank, Some(&alice), &approval.id).await, None, "expired");
}

#[tokio::test]
async fn the_grant_of_another_action_does_not_count() {
    let (bank, alice) = (bank(), alice());
    bank.approve(&alice, &usual()).await;
    let other = bank.propose(&alice, &super::order("7.00 USD", "Bob")).await;
    assert_eq!(denied(&bank, Some(&alice), &other.id).await, Some(Reason::Missing));
    assert!(bank.carry_out(&alice, &usual()).await.is_ok());
}
