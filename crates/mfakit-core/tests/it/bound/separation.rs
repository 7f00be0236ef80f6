//! A bound grant counts for its action alone, and an unbound one for no action.

use std::time::Duration;

use mfakit_core::adapter::MfaBoundExt as _;
use mfakit_core::{ChallengeRef, Channel, Reason, Requirement, StartError, StartRequest, VerifyError};

use super::{bank, required, transfer, usual};
use crate::world::{alice, pay};

/// `pay` has grants of both kinds.
fn to_pay() -> Requirement {
    Requirement::new(pay()).once()
}

#[tokio::test]
async fn an_unbound_grant_approves_no_action() {
    let (bank, alice) = (bank(), alice());
    let verified = bank.world.succeed(&alice).await;
    assert!(verified.grant.approval().is_none());
    let token = verified.token.as_ref();
    let any = |_: &_| verified.token.clone();
    let checked = bank.world.mfa.check_bound(Some(&alice), &to_pay(), &any).await.unwrap();
    assert!(format!("{checked:?}").contains("Missing"), "{checked:?}");
    assert_eq!(bank.world.reason(&alice, to_pay(), token).await, None, "it counts for itself");
}

#[tokio::test]
async fn a_bound_grant_counts_for_nothing_but_its_action() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.world.mfa.propose(&alice, &to_pay(), &usual(), None).await.unwrap().approval;
    let request = StartRequest::new(pay(), Channel::Messaging).approval(approval.id);
    let live = bank.world.mfa.start(&alice, request).await.unwrap();
    let verified = bank.world.mfa.verify(&alice, &pay(), &live, &bank.world.right_code()).await.unwrap();
    let reason = bank.world.reason(&alice, to_pay(), verified.token.as_ref()).await;
    assert_eq!(reason, Some(Reason::Missing));
    let consumed = bank.world.mfa.consume(Some(&alice), &to_pay(), verified.token.as_ref()).await.unwrap();
    assert_eq!(crate::world::reason(&consumed), Some(Reason::Missing));
    bank.cookies.lock().unwrap().insert(approval.id, verified.token.unwrap());
    assert!(bank.claims_for(&alice, &to_pay()).await.is_ok());
}

#[tokio::test]
async fn a_code_is_entered_for_its_own_approval_only() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    let live = bank.start(&alice, &approval).await.unwrap();
    let code = bank.world.right_code();
    let other = bank.propose(&alice, &super::order("7.00 USD", "Bob")).await;
    for (name, challenge) in [
        ("no approval", ChallengeRef::from(live.id)),
        ("another approval", ChallengeRef::from(live.id).approval(other.id)),
    ] {
        let verified = bank.world.mfa.verify(&alice, &transfer(), challenge, &code).await;
        assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{name}: {verified:?}");
    }
    bank.world.clock.advance(Duration::from_secs(30));
    let unbound = bank.world.start(&alice).await.unwrap();
    let code_of_unbound = bank.world.right_code();
    let mixed = ChallengeRef::from(unbound.id).approval(approval.id);
    let verified = bank.world.mfa.verify(&alice, &pay(), mixed, &code_of_unbound).await;
    assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{verified:?}");
    let verified = bank.world.mfa.verify(&alice, &transfer(), &live, &code).await.unwrap();
    assert_eq!(verified.grant.approval(), Some(&approval), "nothing was counted against it");
}

#[tokio::test]
async fn a_scope_that_is_bound_only_cannot_be_required_without_an_action() {
    let (bank, alice) = (bank(), alice());
    let (mfa, token) = (&bank.world.mfa, None);
    for (name, mistake) in [
        ("check", mfa.check(Some(&alice), &required(), token).await.unwrap_err()),
        ("consume", mfa.consume(Some(&alice), &required(), token).await.unwrap_err()),
        ("an unauthenticated check", mfa.check(None, &required(), token).await.unwrap_err()),
    ] {
        assert!(mistake.to_string().contains("#[approve]"), "{name}: {mistake}");
    }
    let reported = bank.world.events.names().into_iter().filter(|name| *name == "sys_misconfigured").count();
    assert_eq!(reported, 3);
    let started = mfa.start(&alice, StartRequest::new(transfer(), Channel::Messaging)).await;
    assert!(matches!(started, Err(StartError::ApprovalOver)), "{started:?}");
    assert!(bank.world.provider.inbox().is_empty());
    mfa.assert_bound_scopes(["transfer"]);
}

#[tokio::test]
#[should_panic(expected = "the scope \"pay\" is not bound only")]
async fn a_test_finds_a_scope_that_is_not_bound_only() {
    bank().world.mfa.assert_bound_scopes(["transfer", "pay"]);
}

#[tokio::test]
async fn a_scope_that_is_not_declared_approves_nothing() {
    let (bank, alice) = (bank(), alice());
    let undeclared = Requirement::new(mfakit_core::Scope::new("payout").unwrap());
    let none = |_: &_| None;
    let checked = bank.world.mfa.check_bound(Some(&alice), &undeclared, &none).await;
    assert!(checked.unwrap_err().to_string().contains("not declared"));
    let proposed = bank.world.mfa.propose(&alice, &undeclared, &usual(), None).await;
    assert!(proposed.unwrap_err().to_string().contains("not declared"));
}
