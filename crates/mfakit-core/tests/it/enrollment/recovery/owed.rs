//! Neither the book nor the store can end an opening.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    Channel, MemoryNumberBook, MemoryRecoveryBook, MemoryStore, NumberTokens, Policy, StartRequest, UserId,
    testing::Verb,
};
use tokio::time::sleep;

use super::{
    NEW, Refuge,
    failures::{CannotCount, Does, Frail, Moody},
    refuge, refuge_of, refuge_with, secret,
};
use crate::{
    enrollment::town_of,
    world::{brisk, pay},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn frail() -> Frail {
    Frail::with(|builder| builder.policy(brisk().recovery_wait(Duration::ZERO)))
}

/// Enters a code to the number on file while neither the book nor the store can end an opening.
async fn owner_enters_a_code(refuge: &Refuge, moody: &Moody, hook: &CannotCount) {
    let owner = refuge.signs_in("alice");
    refuge.wait();
    let live = refuge.mfa.start(&owner, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
    *moody.replaces.lock().unwrap() = Does::Fails;
    *hook.0.lock().unwrap() = Some(Verb::ReserveBudget);
    let _ = refuge.mfa.verify(&owner, &pay(), &live.id, &refuge.code()).await.unwrap();
    assert_eq!(refuge.count("RecoveryRevocationPending { noted: false }"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_could_not_be_ended_opens_nothing_at_this_instance() {
    let Frail { refuge, moody, hook } = frail();
    let (thief, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&thief, &codes[0]).await.unwrap();
    refuge.mfa.recovery().allow(thief.user()).await.unwrap().unwrap();
    let live = refuge.enter(&thief, NEW, None).await;
    let code = refuge.code();
    owner_enters_a_code(&refuge, &moody, &hook).await;
    // At once, before the background tries again.
    moody.works();
    *hook.0.lock().unwrap() = None;
    let confirmed = refuge.confirm(&thief, &live, &code, None).await;
    assert!(confirmed.is_err() && refuge.is_unchanged(), "{confirmed:?}");
    assert!(!refuge.may_replace(&thief, None).await);
    assert_eq!(refuge.mfa.recovery().status(thief.user()).await.unwrap().allowed, None);
    // What comes later is another opening.
    refuge.uses(&refuge.signs_in("alice"), &codes[1]).await.unwrap();
    let later = refuge.signs_in("alice");
    refuge.uses(&later, &codes[2]).await.unwrap();
    assert!(refuge.may_replace(&later, None).await);
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_could_not_be_ended_ends_once_the_store_or_the_book_works() {
    for works in ["the store", "the book"] {
        let Frail { refuge, moody, hook } = frail();
        let alice = UserId::from("alice");
        refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
        let backup = refuge.record();
        owner_enters_a_code(&refuge, &moody, &hook).await;
        sleep(HOUR).await;
        match works {
            "the store" => *hook.0.lock().unwrap() = None,
            _ => moody.works(),
        }
        sleep(Duration::from_secs(60)).await;
        *hook.0.lock().unwrap() = None;
        moody.works();
        assert_eq!(refuge.record() == backup, works == "the store", "{works}");
        assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None, "{works}");
        assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "{works}");
        let again = refuge.mfa.recovery().allow(&alice).await.unwrap();
        assert!(again.is_some() && refuge.may_replace(&refuge.signs_in("alice"), None).await, "{works}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_of_an_instance_with_a_newer_secret_counts_at_the_others() {
    let (numbers, book, store) =
        (MemoryNumberBook::new(), MemoryRecoveryBook::new(), Arc::new(MemoryStore::new()));
    let (shared, moody) = (store.clone(), Moody::of(book.clone()));
    let policy = || brisk().recovery_wait(Duration::ZERO);
    let earlier = refuge_of(numbers.clone(), book, |builder| builder.store(shared).policy(policy()));
    let later = town_of(numbers.clone(), |builder| {
        let builder = builder.number_book(numbers).recovery(moody.clone()).store(store).policy(policy());
        builder.clock(earlier.clock.clone()).secret(secret(2)).secret(secret(1))
    });
    let thief = earlier.signs_in("alice");
    earlier.mfa.recovery().allow(thief.user()).await.unwrap().unwrap();
    assert!(earlier.may_replace(&thief, None).await);
    *moody.reads.lock().unwrap() = Does::Fails;
    let owner = later.signs_in("alice").with_signed_in_at(earlier.mfa.now());
    earlier.clock.advance(Duration::from_secs(30));
    let live = later.mfa.start(&owner, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
    let _ = later.mfa.verify(&owner, &pay(), &live.id, &later.code()).await.unwrap();
    assert!(!earlier.may_replace(&thief, None).await);
}

#[tokio::test]
async fn a_clock_that_is_set_back_revives_nothing_that_was_noted_or_is_over() {
    let (refuge, moody) = Moody::refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let with_codes = refuge.record();
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let open = refuge.record();
    refuge.clock.advance(Duration::from_secs(60));
    *moody.reads.lock().unwrap() = Does::Fails;
    refuge.mfa.revoke_user(alice.user()).await.unwrap();
    moody.works();
    refuge.book.set("alice", open);
    assert!(!refuge.may_replace(&alice, None).await);
    refuge.clock.set(refuge.mfa.now() - Duration::from_secs(80));
    assert!(!refuge.may_replace(&alice, None).await, "the note is from the future");
    refuge.book.set("alice", with_codes);
    let again = refuge.uses(&refuge.signs_in("alice"), &codes[0]).await;
    assert!(again.is_err(), "the memory of the code is from the future: {again:?}");
}

#[tokio::test]
async fn an_opening_that_gave_way_to_another_is_not_revived_by_a_backup() {
    let refuge = refuge_with(|builder| builder.policy(Policy::for_tests()));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let first = refuge.record();
    let tokens: NumberTokens = refuge.cookies(&alice, None);
    refuge.uses(&alice, &codes[1]).await.unwrap();
    refuge.step_up(&refuge.signs_in("alice"), pay()).await;
    assert!(!refuge.may_replace(&alice, None).await, "the owner has the phone");
    refuge.book.set("alice", first);
    let shown = refuge.mfa.numbers(&alice, &tokens).await.unwrap();
    assert!(shown.denied.is_some(), "{shown:?}");
}

#[tokio::test]
async fn the_scopes_of_a_change_are_in_no_reach_of_the_app() {
    let refuge = refuge();
    let alice = refuge.signs_in("alice");
    let started = refuge
        .mfa
        .start(&alice, StartRequest::new("mfakit.recover".parse().unwrap(), Channel::Messaging))
        .await;
    assert!(started.is_err(), "{started:?}");
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_could_not_be_ended_outlasts_an_earlier_one() {
    let lasts = Duration::from_secs(10 * 60);
    let Frail { refuge, moody, hook } =
        Frail::with(|builder| builder.policy(brisk().recovery_wait(Duration::ZERO).recovery_window(lasts)));
    let alice = UserId::from("alice");
    let revoke_in_vain = async || {
        refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
        *moody.replaces.lock().unwrap() = Does::Fails;
        *hook.0.lock().unwrap() = Some(Verb::ReserveBudget);
        refuge.mfa.revoke_user(&alice).await.unwrap_err();
    };
    revoke_in_vain().await;
    sleep(lasts - Duration::from_secs(4)).await;
    moody.works();
    *hook.0.lock().unwrap() = None;
    revoke_in_vain().await;
    // The background gives up what it tried first.
    sleep(Duration::from_secs(5)).await;
    moody.works();
    *hook.0.lock().unwrap() = None;
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None);
}
