//! A store that fails lets nothing pass.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    ActionError, Decision, MemoryStore, MfaStore as _, Reason, StartError, Subject, VerifyError,
    action::{Action as _, Approval, ApprovalId, digest_of},
    adapter::{Approved, MfaBoundExt as _},
    store::{ActionRule, KeepAction, KeptAction, Key},
    testing::{HookedStore, Outage, Verb},
};

use super::{Bank, Order, bank_with, order, required, transfer, usual};
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
    let tokens = |approval: &ApprovalId| bank.token(approval);
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
    let (tokens, words) = (|approval: &ApprovalId| bank.token(approval), || usual().words());
    let consumed =
        bank.world.mfa.consume_bound(None, &required(), &approval.digest, &words, &tokens, &claims).await;
    match consumed.unwrap() {
        Decision::Denied(denial) => assert_eq!(denial.reason, Reason::Unauthenticated),
        granted @ Decision::Granted(_) => panic!("{granted:?}"),
    }
    let nameless = Subject::cookie("", *alice.login());
    assert!(bank.world.mfa.check_bound(Some(&nameless), &required(), &tokens).await.is_err());
    assert!(bank.world.mfa.propose(&nameless, &required(), &usual(), None).await.is_err());
}

/// Keeps an action that no engine of this version would keep.
async fn keep_unreadable(store: &MemoryStore, bank: &Bank, subject: &Subject, words: &str) -> Approval {
    let digest = digest_of(&transfer(), &usual()).unwrap();
    let approval = Approval::new(ApprovalId::random(), digest);
    let now = bank.world.mfa.now();
    let action = KeptAction::new(approval, *subject.login(), transfer(), words, *b"{\"amount\":1}")
        .with_times(now, now + Duration::from_secs(300));
    let scope = transfer();
    let key = Key::unbound(subject.user(), subject.login(), &scope);
    let kept = store.keep_action(KeepAction::new(key, &action, &ActionRule::default(), now)).await.unwrap();
    assert_eq!(kept.outcome.id(), approval.id);
    approval
}

#[tokio::test]
async fn an_action_that_cannot_be_read_is_neither_sent_nor_shown() {
    let (store, alice) = (Arc::new(MemoryStore::new()), alice());
    let bank = bank_with(|builder| builder.store(store.clone()));
    let approval = keep_unreadable(&store, &bank, &alice, "{\"of\":\"another version\"}").await;
    let started = bank.start(&alice, &approval).await;
    assert!(matches!(started, Err(StartError::Unavailable)), "{started:?}");
    assert!(bank.world.provider.inbox().is_empty());
    let text = bank.world.events.text();
    assert!(text.contains("StoreFailed") && !text.contains("another version"), "{text}");
    let none = |_: &ApprovalId| None;
    assert!(bank.world.mfa.bound_situation(&alice, &required(), None, &none).await.is_err());
    let readable = bank.propose(&alice, &order("7.00 USD", "Bob")).await;
    assert!(bank.start(&alice, &readable).await.is_ok(), "nothing was counted");
}

#[tokio::test]
async fn an_action_whose_form_does_not_have_its_digest_is_not_carried_out() {
    let (store, alice) = (Arc::new(MemoryStore::new()), alice());
    let bank = bank_with(|builder| builder.store(store.clone()));
    let words = r#"{"amount":null,"payee":null,"lines":[]}"#;
    let approval = keep_unreadable(&store, &bank, &alice, words).await;
    let live = bank.start(&alice, &approval).await.unwrap();
    let _ = bank.enter_code(&alice, &live).await;
    let tokens = |approval: &ApprovalId| bank.token(approval);
    let found = bank.world.mfa.approved(Some(&alice), &required(), &approval.id, &tokens).await.unwrap();
    let Approved::Granted { action, .. } = found else { panic!("{found:?}") };
    assert_eq!(bank.world.mfa.read_kept::<Order>(&action), None);
}
