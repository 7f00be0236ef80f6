//! The way of an action from the first rejected request to the handler.

use std::time::Duration;

use mfakit_core::{Reason, StartError, VerifyError};

use super::{bank, order, required, transfer, usual};
use crate::world::alice;

#[tokio::test]
async fn an_action_is_shown_approved_and_carried_out_once() {
    let (bank, alice) = (bank(), alice());
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Missing);
    let approval = bank.propose(&alice, &usual()).await;
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Missing, "a kept action is no grant");

    let live = bank.start(&alice, &approval).await.unwrap();
    assert_eq!(live.approval, Some(approval.id));
    let message = bank.world.provider.inbox().pop().unwrap().message;
    assert!(message.contains("100.00 EUR") && message.contains("ACME Ltd"), "{message}");

    let verified = bank.enter_code(&alice, &live).await;
    assert_eq!(verified.grant.approval(), Some(&approval));
    let claims = bank.claims(&alice).await.unwrap();
    assert_eq!(claims.only().unwrap().approval(), Some(&approval));
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Ok(approval));
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Missing), "a replay");
    assert_eq!(bank.claims(&alice).await.unwrap_err(), Reason::Missing);
}

#[tokio::test]
async fn the_same_action_has_one_approval_until_it_is_carried_out() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    assert_eq!(bank.propose(&alice, &usual()).await, approval);
    assert_ne!(bank.propose(&alice, &order("100.01 EUR", "ACME Ltd")).await.id, approval.id);
    assert_eq!(bank.approve(&alice, &usual()).await, approval);
    bank.carry_out(&alice, &usual()).await.unwrap();
    let again = bank.propose(&alice, &usual()).await;
    assert_eq!(again.digest, approval.digest);
    assert_ne!(again.id, approval.id, "the next order is approved by itself");
}

#[tokio::test]
async fn two_tabs_approve_two_actions_at_once() {
    let (bank, alice) = (bank(), alice());
    let orders = [usual(), order("7.00 USD", "Bob")];
    let (mut live, mut codes) = (Vec::new(), Vec::new());
    for order in &orders {
        let approval = bank.propose(&alice, order).await;
        live.push(bank.start(&alice, &approval).await.unwrap());
        codes.push(bank.world.right_code());
        bank.world.clock.advance(Duration::from_secs(30));
    }
    let mixed = bank.world.mfa.verify(&alice, &transfer(), &live[0], &codes[1]).await;
    assert!(codes[0].expose_digits() == codes[1].expose_digits() || mixed.is_err(), "{mixed:?}");
    for (live, code) in live.iter().zip(&codes) {
        let verified = bank.world.mfa.verify(&alice, &transfer(), live, code).await.unwrap();
        let approval = verified.grant.approval().unwrap().id;
        bank.cookies.lock().unwrap().insert(approval, verified.token.unwrap());
    }
    let claims = bank.claims(&alice).await.unwrap();
    assert_eq!((claims.len(), claims.only()), (2, None));
    for (order, live) in orders.iter().zip(&live) {
        assert_eq!(bank.carry_out(&alice, order).await.unwrap().id, live.approval.unwrap());
    }
}

#[tokio::test]
async fn a_resend_keeps_the_action_and_ends_the_earlier_code() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    let first = bank.start(&alice, &approval).await.unwrap();
    let code = bank.world.right_code();
    let waiting = bank.start(&alice, &approval).await;
    match waiting {
        Err(StartError::CoolingDown { live: Some(live), .. }) => {
            assert_eq!(live.reference(), first.reference());
        }
        other => panic!("the second start has to wait: {other:?}"),
    }
    bank.world.clock.advance(Duration::from_secs(30));
    let second = bank.start(&alice, &approval).await.unwrap();
    let late = bank.world.mfa.verify(&alice, &transfer(), &first, &code).await;
    assert!(matches!(late, Err(VerifyError::ChallengeOver)), "{late:?}");
    let _ = bank.enter_code(&alice, &second).await;
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn a_code_that_is_entered_again_gives_the_same_grant() {
    let (bank, alice) = (bank(), alice());
    let approval = bank.propose(&alice, &usual()).await;
    let live = bank.start(&alice, &approval).await.unwrap();
    let first = bank.enter_code(&alice, &live).await;
    let again = bank.enter_code(&alice, &live).await;
    assert_eq!(first.grant, again.grant);
    assert_eq!(first.token.unwrap().expose(), again.token.unwrap().expose());
    bank.carry_out(&alice, &usual()).await.unwrap();
    let code = bank.world.right_code();
    let late = bank.world.mfa.verify(&alice, &transfer(), &live, &code).await;
    assert!(matches!(late, Err(VerifyError::ChallengeOver)), "the action was carried out: {late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_a_hundred_concurrent_requests_carries_the_action_out() {
    let (bank, alice) = (std::sync::Arc::new(bank()), alice());
    let approval = bank.approve(&alice, &usual()).await;
    let claims = bank.claims(&alice).await.unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let (bank, alice, claims) = (bank.clone(), alice.clone(), claims.clone());
            tokio::spawn(async move { bank.consume(&alice, &usual(), &claims).await })
        })
        .collect();
    let mut passed = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(consumed) => {
                assert_eq!(consumed, approval);
                passed += 1;
            }
            Err(reason) => assert_eq!(reason, Reason::Missing),
        }
    }
    assert_eq!(passed, 1);
}

#[tokio::test]
async fn events_name_the_approval_its_digest_and_its_words() {
    let (bank, alice) = (bank(), alice());
    bank.world.events.names();
    let approval = bank.approve(&alice, &usual()).await;
    bank.carry_out(&alice, &usual()).await.unwrap();
    let text = bank.world.events.text();
    let (id, digest) = (approval.id.to_string(), approval.digest.to_string());
    let events: Vec<_> = text.lines().collect();
    assert_eq!(events.len(), 3, "{text}");
    assert!(events.iter().all(|event| event.contains(&id) && event.contains(&digest)), "{text}");
    for (event, kind) in events.iter().zip(["CodeSent", "Granted", "Consumed"]) {
        assert!(event.contains(kind), "{event}");
    }
    assert!(events[0].contains("ACME Ltd") && events[1].contains("ACME Ltd"), "{text}");
}

#[tokio::test]
async fn a_grant_that_was_made_after_the_check_does_not_count() {
    let (bank, alice) = (bank(), alice());
    let other = order("7.00 USD", "Bob");
    bank.approve(&alice, &other).await;
    let claims = bank.claims(&alice).await.unwrap();
    let approval = bank.approve(&alice, &usual()).await;
    assert_eq!(bank.consume(&alice, &usual(), &claims).await, Err(Reason::Missing));
    bank.carry_out(&alice, &other).await.unwrap();
    bank.approve(&alice, &other).await;
    assert_eq!(bank.consume(&alice, &other, &claims).await, Err(Reason::Missing), "another approval");
    assert_eq!(bank.carry_out(&alice, &usual()).await, Ok(approval));
}

#[tokio::test]
async fn a_store_in_memory_answers_at_once_with_the_same_decision() {
    use mfakit_core::adapter::{BoundAtOnce, BoundCheck, MfaBoundExt as _};
    let (bank, alice) = (bank(), alice());
    let at_once = || {
        let tokens = |approval: &_| bank.token(approval);
        match bank.world.mfa.check_bound_at_once(Some(&alice), &required(), &tokens, bank.world.mfa.now()) {
            BoundAtOnce::Decided(Ok(BoundCheck::Claims(claims))) => Ok(claims.only().unwrap()),
            BoundAtOnce::Decided(Ok(BoundCheck::Denied(denial))) => Err(denial.reason),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(at_once().unwrap_err(), Reason::Missing);
    let approval = bank.approve(&alice, &usual()).await;
    assert_eq!(at_once().unwrap().approval(), Some(&approval));
    bank.world.clock.advance(Duration::from_secs(10 * 60));
    assert_eq!(at_once().unwrap_err(), Reason::Expired);
}
