//! A store that fails lets nothing pass.

use mfakit_core::{
    ActionError, Decision, MemoryStore, Reason, StartError, VerifyError,
    action::{Action as _, ApprovalId},
    adapter::{Approved, MfaBoundExt as _},
    testing::{HookedStore, Outage, Verb},
};

use super::{Bank, bank_with, required, transfer, usual};
use crate::world::alice;

fn failing() -> (Bank, Outage) {
    let outage = Outage::new();
    let store = HookedStore::new(MemoryStore::new(), outage.clone());
    (bank_with(|builder| builder.store(store)), outage)
}

#[tokio::test]
async fn an_action_that_cannot_be_kept_is_not_proposed() {
    let ((bank, outage), alice) = (failing(), alice());
    outage.begin_for(Verb::KeepAction);
    let proposed = bank.world.mfa.propose(&alice, &required(), &usual(), None).await;
    assert!(matches!(proposed, Err(ActionError::Unavailable)), "{proposed:?}");
}

#[tokio::test]
async fn a_start_fails_with_its_store_and_sends_nothing_before_it_is_counted() {
    let alice = alice();
    for (verb, sent) in [(Verb::ReserveSend, 0), (Verb::ReserveBudget, 0), (Verb::OpenChallenge, 1)] {
        let (bank, outage) = failing();
        let approval = bank.propose(&alice, &usual()).await;
        outage.begin_for(verb);
        let started = bank.start(&alice, &approval).await;
        assert!(matches!(started, Err(StartError::Unavailable)), "{verb:?}: {started:?}");
        assert_eq!(bank.world.provider.inbox().len(), sent, "{verb:?}");
        assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Missing, "{verb:?}");
    }
}

#[tokio::test]
async fn a_verify_fails_with_its_store() {
    let alice = alice();
    for verb in [Verb::ReserveAttempt, Verb::Redeem] {
        let (bank, outage) = failing();
        let approval = bank.propose(&alice, &usual()).await;
        let live = bank.start(&alice, &approval).await.unwrap();
        outage.begin_for(verb);
        let code = bank.world.right_code();
        let verified = bank.world.mfa.verify(&alice, &transfer(), &live, &code).await;
        assert!(matches!(verified, Err(VerifyError::Unavailable)), "{verb:?}: {verified:?}");
        outage.end();
        assert_eq!(bank.carry_out(&alice, &usual()).await, Err(Reason::Missing), "{verb:?}");
    }
}

#[tokio::test]
async fn words_that_cannot_be_read_for_an_event_do_not_stop_a_verify() {
    let ((bank, outage), alice) = (failing(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    let live = bank.start(&alice, &approval).await.unwrap();
    outage.begin_for(Verb::Actions);
    assert_eq!(bank.enter_code(&alice, &live).await.grant.approval(), Some(&approval));
    outage.end();
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn a_guard_rejects_while_its_store_fails_and_keeps_the_grant() {
    let ((bank, outage), alice) = (failing(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    outage.begin_for(Verb::BoundGrants);
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Unavailable);
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Unavailable));
    outage.end();
    outage.begin_for(Verb::Consume);
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Unavailable));
    outage.end();
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Ok(approval));
}

#[tokio::test]
async fn an_approval_that_is_named_needs_both_its_action_and_its_grant() {
    let ((bank, outage), alice) = (failing(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let tokens = |approval: Option<&ApprovalId>| bank.token(approval);
    for verb in [Verb::Actions, Verb::BoundGrants] {
        outage.begin_for(verb);
        let found = bank.world.mfa.approved(Some(&alice), &required(), &approval.id, &tokens).await.unwrap();
        match found {
            Approved::Denied(denial) => assert_eq!(denial.reason, Reason::Unavailable, "{verb:?}"),
            other => panic!("{verb:?}: {other:?}"),
        }
        outage.end();
    }
    outage.begin_for(Verb::UserState);
    assert!(bank.world.mfa.bound_situation(&alice, &required(), Some(&approval.id), &tokens).await.is_err());
}

#[tokio::test]
async fn a_subject_is_needed_for_everything() {
    let ((bank, _), alice) = (failing(), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    let (tokens, words) = (|approval: Option<&ApprovalId>| bank.token(approval), || usual().words());
    let consumed =
        bank.world.mfa.consume_bound(None, &required(), &approval.digest, &words, &tokens, &claims).await;
    match consumed.unwrap() {
        Decision::Denied(denial) => assert_eq!(denial.reason, Reason::Unauthenticated),
        granted @ Decision::Granted(_) => panic!("{granted:?}"),
    }
    let nameless = mfakit_core::Subject::cookie("", *alice.login());
    assert!(bank.world.mfa.check_bound(Some(&nameless), &required(), &tokens).await.is_err());
    assert!(bank.world.mfa.propose(&nameless, &required(), &usual(), None).await.is_err());
}
