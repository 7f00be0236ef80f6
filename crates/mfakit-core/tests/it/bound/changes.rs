//! A request that differs from what was approved carries nothing out, and leaves the approval as it is.

use std::time::Duration;

use mfakit_core::{LoginId, Reason, Requirement, StartError, Subject, VerifyError};

use super::{Order, bank, order, required, transfer, usual};
use crate::world::{alice, pay, user};

#[tokio::test]
async fn another_value_is_not_what_was_approved() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    for (name, other) in [
        ("amount", order("100.01 EUR", "ACME Ltd")),
        ("currency", order("100.00 USD", "ACME Ltd")),
        ("payee", order("100.00 EUR", "ACME Ltd.")),
        ("case of the payee", order("100.00 EUR", "acme ltd")),
        ("invisible character", order("100.00 EUR", "ACME Ltd\u{200b}")),
        ("field that is not shown in the message", Order { reference: "2026-18".to_owned(), ..usual() }),
    ] {
        assert_eq!(bank.carry_out(&alice, &other).await, Err(Reason::Missing), "{name}");
    }
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval), "the approval is left");
}

#[tokio::test]
async fn another_owner_is_not_the_one_who_approved() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    let elsewhere = user("alice");
    let bob = Subject::cookie("bob", *alice.login());
    for (name, other) in [("session", &elsewhere), ("user", &bob)] {
        assert_eq!(bank.claims(other).await.unwrap_err(), Reason::Missing, "another {name}");
        let consumed = bank.consume(other, &usual(), &claims).await;
        assert_eq!(consumed, Err(Reason::Missing), "another {name}, with stolen claims and cookie");
    }
    let elsewhere_in_scope = bank.claims_for(&alice, &Requirement::new(pay())).await;
    assert_eq!(elsewhere_in_scope.unwrap_err(), Reason::Missing, "another scope");
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn a_browser_needs_the_cookie_of_the_approval() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    let token = bank.cookies.lock().unwrap().remove(&approval.id).unwrap();
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Missing);
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Missing));
    let other = bank.approve(&alice, &order("7.00 USD", "Bob")).await;
    let others = bank.token(&other.id).unwrap();
    bank.cookies.lock().unwrap().insert(approval.id, others);
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Mismatch));
    bank.cookies.lock().unwrap().insert(approval.id, token);
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn a_program_needs_no_cookie() {
    let (bank, program) = (bank(), Subject::bearer("alice", "jti"));
    let approval = bank.approve(&program, &usual()).await;
    assert!(bank.cookies.lock().unwrap().is_empty());
    assert_eq!(bank.carry_out(&program, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn an_approval_ends_with_its_grant() {
    let (bank, alice) = (bank(), alice());
    bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    let young = required().with_max_age(Duration::from_secs(60));
    bank.world.clock.advance(Duration::from_secs(60));
    assert_eq!(bank.claims_for(&alice, &young).await.unwrap_err(), Reason::Expired);
    bank.world.clock.advance(Duration::from_secs(9 * 60));
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Expired);
    let consumed = bank.consume(&alice, &usual(), &claims).await;
    assert!(matches!(consumed, Err(Reason::Expired | Reason::Missing)), "{consumed:?}");
}

#[tokio::test]
async fn a_revocation_ends_grants_challenges_and_kept_actions() {
    let bank = bank();
    for name in ["user", "session", "scope", "grant"] {
        let alice = alice();
        let revoke = async || match name {
            "user" => bank.world.mfa.revoke_user(alice.user()).await,
            "session" => bank.world.mfa.revoke_login(alice.user(), alice.login()).await,
            "scope" => bank.world.mfa.revoke_scope(alice.user(), &transfer()).await,
            _ => bank.world.mfa.revoke_grant(&alice, &transfer()).await,
        };
        bank.approve(&alice, &usual()).await;
        let claims = bank.claims(&alice).await.unwrap();
        let waiting = bank.propose(&alice, &order("7.00 USD", "Bob")).await;
        bank.world.clock.advance(Duration::from_secs(30));
        let live = bank.start(&alice, &waiting).await.unwrap();
        revoke().await.unwrap();
        assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Missing), "{name}");
        let code = bank.world.right_code();
        let verified = bank.world.mfa.verify(&alice, &transfer(), &live, &code).await;
        assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{name}: {verified:?}");
        bank.world.clock.advance(Duration::from_secs(120));
        let started = bank.start(&alice, &waiting).await;
        assert!(matches!(started, Err(StartError::ApprovalOver)), "{name}: {started:?}");
    }
}

#[tokio::test]
async fn an_app_can_end_one_approval() {
    let (bank, alice) = (bank(), alice());
    let one = bank.approve(&alice, &usual()).await;
    let other = bank.approve(&alice, &order("7.00 USD", "Bob")).await;
    for stranger in [user("alice"), Subject::cookie("bob", *alice.login())] {
        bank.world.mfa.revoke_approval(&stranger, &transfer(), &one.id).await.unwrap();
    }
    let elsewhere = mfakit_core::Scope::new("elsewhere").unwrap();
    bank.world.mfa.revoke_approval(&alice, &elsewhere, &one.id).await.unwrap();
    let claims = bank.claims(&alice).await.unwrap();
    assert_eq!(claims.len(), 2, "each still counts");
    bank.world.mfa.revoke_approval(&alice, &transfer(), &other.id).await.unwrap();
    assert_eq!(bank.consume(&alice, &order("7.00 USD", "Bob"), &claims).await, Err(Reason::Missing));
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Ok(one));
    let text = bank.world.events.text();
    assert!(text.contains("Revoked") && text.contains(&other.id.to_string()), "{text}");
}

#[tokio::test]
async fn a_number_that_changed_ends_the_challenge() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    let live = bank.start(&alice, &approval).await.unwrap();
    bank.world.enter("alice", "+19195559999");
    let code = bank.world.right_code();
    let verified = bank.world.mfa.verify(&alice, &transfer(), &live, &code).await;
    assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{verified:?}");
    bank.world.clock.advance(Duration::from_secs(30));
    let again = bank.start(&alice, &approval).await.unwrap();
    let _ = bank.enter_code(&alice, &again).await;
    assert_eq!(
        bank.carry_out(&alice, &usual()).await,
        Ok(approval),
        "the action is approved by the new number"
    );
}

/// A guard does not read the directory. Reading it when a grant is consumed would need the number in each grant of each
/// store, and would reject approved payments while the directory is down, to end a grant a few minutes earlier.
#[tokio::test]
async fn a_number_that_changed_ends_a_grant_once_it_is_reported() {
    for reported in [false, true] {
        let (bank, alice) = (bank(), alice());
        let approval = bank.approve(&alice, &usual()).await;
        bank.world.enter("alice", "+19195559999");
        if reported {
            bank.world.mfa.number_changed(alice.user()).await.unwrap();
        }
        let expected = if reported { Err(Reason::Missing) } else { Ok(approval) };
        assert_eq!(bank.carry_out(&alice, &usual()).await, expected, "{reported}");
    }
}

#[tokio::test]
async fn nothing_is_sent_for_an_action_that_is_not_kept() {
    let (bank, alice) = (bank(), alice());
    let foreign = bank.propose(&user("alice"), &usual()).await;
    let bobs = bank.propose(&Subject::cookie("bob", *alice.login()), &usual()).await;
    let unknown = mfakit_core::action::Approval::new(
        mfakit_core::action::ApprovalId::from_bytes(*LoginId::random().as_bytes()),
        foreign.digest,
    );
    let expired = bank.propose(&alice, &usual()).await;
    bank.world.clock.advance(Duration::from_secs(5 * 60));
    for (name, approval) in
        [("another session's", foreign), ("another user's", bobs), ("unknown", unknown), ("expired", expired)]
    {
        let started = bank.start(&alice, &approval).await;
        assert!(matches!(started, Err(StartError::ApprovalOver)), "{name}: {started:?}");
    }
    assert!(bank.world.provider.inbox().is_empty());
    let approval = bank.propose(&alice, &usual()).await;
    assert!(bank.start(&alice, &approval).await.is_ok(), "nothing was counted");
}

#[tokio::test]
async fn a_fourth_action_replaces_the_oldest_that_nothing_waits_for() {
    let (bank, alice) = (bank(), alice());
    let mut approvals = Vec::new();
    for minute in 1..=3 {
        approvals.push(bank.propose(&alice, &order(&format!("{minute}.00 EUR"), "ACME Ltd")).await);
        bank.world.clock.advance(Duration::from_secs(1));
    }
    bank.start(&alice, &approvals[0]).await.unwrap();
    bank.propose(&alice, &order("4.00 EUR", "ACME Ltd")).await;
    bank.world.clock.advance(Duration::from_secs(30));
    let replaced = bank.start(&alice, &approvals[1]).await;
    assert!(matches!(replaced, Err(StartError::ApprovalOver)), "{replaced:?}");
    assert!(bank.start(&alice, &approvals[0]).await.is_ok(), "a code was sent for it");
}
