//! Tests of apps approve actions without a code.

use mfakit_core::{
    LoginId, Reason, Subject,
    action::{ApprovalId, digest_of},
};

use super::{Bank, bank, order, transfer, usual};
use crate::world::{alice, user};

/// Keeps the cookie that a `Cookie` header has.
fn keep(bank: &Bank, cookie: &str) -> ApprovalId {
    let (name, token) = cookie.split_once('=').unwrap();
    let id: ApprovalId = name.rsplit_once('~').unwrap().1.parse().unwrap();
    assert_eq!(name, mfakit_core::GrantToken::bound_cookie_name(&transfer(), &id));
    let token = mfakit_core::GrantToken::from_cookie(token.as_bytes()).unwrap();
    bank.cookies.lock().unwrap().insert(id, token);
    id
}

#[tokio::test]
async fn a_test_approves_one_action_in_one_session() {
    let (bank, alice) = (bank(), alice());
    let cookie = bank.world.mfa.testing().approve(&alice, "transfer", &usual()).await;
    let id = keep(&bank, &cookie);
    assert_eq!(bank.carry_out(&alice, &order("100.01 EUR", "ACME Ltd")).await, Err(Reason::Missing));
    assert_eq!(bank.carry_out(&alice, &usual()).await.unwrap().id, id);
    assert_eq!(bank.carry_out(&alice, &usual()).await, Err(Reason::Missing));
    let program = Subject::bearer("alice", "jti");
    assert_eq!(bank.world.mfa.testing().approve(&program, "transfer", &usual()).await, "");
    assert!(bank.carry_out(&program, &usual()).await.is_ok());
}

#[tokio::test]
async fn a_test_approves_one_action_in_every_session() {
    let bank = bank();
    bank.world.mfa.testing().approve_user("alice", "transfer", &usual());
    let mut ids = Vec::new();
    for session in [alice(), Subject::cookie("alice", LoginId::random()), Subject::bearer("alice", "jti")] {
        assert_eq!(bank.carry_out(&session, &order("7.00 USD", "Bob")).await, Err(Reason::Missing));
        let approval = bank.carry_out(&session, &usual()).await.unwrap();
        assert_eq!(approval.digest, digest_of(&transfer(), &usual()).unwrap());
        assert_eq!(bank.carry_out(&session, &usual()).await, Err(Reason::Missing), "once");
        ids.push(approval.id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each session has its own approval");
    assert_eq!(bank.carry_out(&user("bob"), &usual()).await, Err(Reason::Missing));

    let alice = alice();
    bank.world.mfa.revoke_grant(&alice, &transfer()).await.unwrap();
    assert_eq!(bank.carry_out(&alice, &usual()).await, Err(Reason::Missing), "dropped in one session");
    bank.world.mfa.revoke_scope(&"alice".into(), &transfer()).await.unwrap();
    assert_eq!(bank.carry_out(&user("alice"), &usual()).await, Err(Reason::Missing), "revoked in all");
}

#[tokio::test]
async fn a_test_grant_of_one_kind_is_not_one_of_the_other() {
    let (bank, alice) = (bank(), alice());
    let to_pay = || mfakit_core::Requirement::new(crate::world::pay());
    bank.world.mfa.testing().grant_user("alice", "pay");
    assert_eq!(bank.claims_for(&alice, &to_pay()).await.unwrap_err(), Reason::Missing);
    bank.world.mfa.revoke_user(alice.user()).await.unwrap();
    bank.world.mfa.testing().approve_user("alice", "pay", &usual());
    assert_eq!(bank.world.reason(&alice, to_pay(), None).await, Some(Reason::Missing));
    assert!(bank.claims_for(&alice, &to_pay()).await.is_ok());
}

#[tokio::test]
#[should_panic(expected = "call approve(&subject, scope, &action)")]
async fn a_grant_of_a_scope_that_is_bound_only_needs_an_action() {
    bank().world.mfa.testing().grant(&alice(), "transfer").await;
}

#[test]
#[should_panic(expected = "call approve_user(user, scope, &action)")]
fn a_grant_in_every_session_needs_an_action_as_well() {
    bank().world.mfa.testing().grant_user("alice", "transfer");
}
