//! Scopes that wait until a number is settled.

use std::time::Duration;

use mfakit_core::{
    Channel, Clock as _, DeclaredScope, MfaBuilder, NumberOnFile, Reason, Requirement, Scope, StartError,
    StartRequest, VerifyError, adapter::MfaExt as _,
};

use super::{NEW, OLD, Town, number, town_with};
use crate::world::reason;

const TWO_DAYS: Duration = Duration::from_secs(48 * 60 * 60);

fn payout() -> Scope {
    Scope::new("payout").unwrap()
}

fn town() -> Town {
    let settled =
        |builder: MfaBuilder| builder.declare(DeclaredScope::new("payout", "pay out").settled(TWO_DAYS));
    town_with(settled)
}

async fn start(
    town: &Town,
    subject: &mfakit_core::Subject,
) -> Result<mfakit_core::LiveChallenge, StartError> {
    town.wait();
    town.mfa.start(subject, StartRequest::new(payout(), Channel::Messaging)).await
}

#[tokio::test]
async fn a_settled_scope_waits_after_a_first_number_and_after_a_change() {
    let town = town();
    for user in ["alice", "carol"] {
        let subject = town.signs_in(user);
        let manage = if user == "alice" { town.manage(&subject).await } else { None };
        let changed_at = town.change(&subject, NEW, manage.as_ref()).await.confirmed_at;
        let sends = town.provider.sends();
        let waits = start(&town, &subject).await;
        let Err(StartError::Settling { until }) = waits else { panic!("{waits:?}") };
        assert_eq!(until, changed_at + TWO_DAYS);
        let situation = town.mfa.situation(&subject, &Requirement::new(payout()), None).await.unwrap();
        assert_eq!(situation.settling, Some(until));
        assert_eq!(town.provider.sends(), sends, "nothing is sent");
        assert!(town.step_up(&subject, crate::world::pay()).await.is_some(), "other scopes do not wait");

        town.clock.set(until - Duration::from_secs(31));
        assert!(matches!(start(&town, &subject).await, Err(StartError::Settling { .. })));
        town.clock.set(until);
        let situation = town.mfa.situation(&subject, &Requirement::new(payout()), None).await.unwrap();
        assert_eq!(situation.settling, None);
        assert!(start(&town, &subject).await.is_ok(), "{user}");
    }
}

#[tokio::test]
async fn a_grant_from_before_a_change_is_dead_at_once_in_a_settled_scope() {
    let town = town();
    let alice = town.signs_in("alice");
    let token = town.step_up(&alice, payout()).await;
    let manage = town.manage(&alice).await;
    town.change(&alice, NEW, manage.as_ref()).await;
    let checked = town.mfa.check(Some(&alice), &Requirement::new(payout()), token.as_ref()).await.unwrap();
    assert_eq!(reason(&checked), Some(Reason::Missing));
}

#[tokio::test]
async fn a_number_that_was_confirmed_behind_the_engine_ends_the_challenge() {
    let town = town();
    let alice = town.signs_in("alice");
    let live = start(&town, &alice).await.unwrap();
    // The same number, which the app has confirmed again.
    town.book.set("alice", NumberOnFile::new(number(OLD), town.clock.now()));
    let entered = town.mfa.verify(&alice, &payout(), &live.id, &town.code()).await;
    assert!(matches!(entered, Err(VerifyError::ChallengeOver)), "{entered:?}");
    assert_eq!(town.provider.verifies(), 0);
}

#[tokio::test]
async fn a_confirmation_in_the_future_counts_as_one_that_has_yet_to_come() {
    let town = town();
    let alice = town.signs_in("alice");
    let later = town.clock.now() + Duration::from_secs(7 * 24 * 60 * 60);
    town.book.set("alice", NumberOnFile::new(number(OLD), later));
    match start(&town, &alice).await {
        Err(StartError::Settling { until }) => assert_eq!(until, later + TWO_DAYS),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_start_that_waits_counts_nothing() {
    let town = town();
    let carol = town.signs_in("carol");
    town.change(&carol, NEW, None).await;
    for _ in 0..20 {
        let started = town.mfa.start(&carol, StartRequest::new(payout(), Channel::Messaging)).await;
        assert!(matches!(started, Err(StartError::Settling { .. })), "{started:?}");
    }
    assert!(town.step_up(&carol, crate::world::pay()).await.is_some());
}
