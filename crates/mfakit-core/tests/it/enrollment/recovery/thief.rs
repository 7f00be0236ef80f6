//! A thief of a session, or of a copy of the recovery book, recovers nothing without a code that is left.
//!
//! Ways over HTTP are in `tests/http/cases/recovery/thief.rs`.

use std::time::Duration;

use mfakit_core::{Clock as _, NumberOnFile, RecoverError, Scope, Subject, UserId};

use super::{NEW, OLD, Refuge, refuge};
use crate::enrollment::{OTHER, number};

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn rejected(refuge: &Refuge, session: &Subject, code: &str) {
    let used = refuge.uses(session, code).await;
    assert!(matches!(used, Err(RecoverError::Rejected)), "{used:?}");
    assert!(!refuge.may_replace(session, None).await);
}

#[tokio::test]
async fn a_record_that_is_set_back_revives_no_code_and_no_opening() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let with_all = refuge.record();
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let with_opening = refuge.record();
    refuge.change(&alice, NEW, None).await;

    let thief = refuge.signs_in("alice");
    refuge.book.set("alice", with_all);
    rejected(&refuge, &thief, &codes[0]).await;
    refuge.book.set("alice", with_opening);
    assert!(!refuge.may_replace(&alice, None).await, "the number is another one");
    // Even if the number is set back as well, the store remembers what was consumed.
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    refuge.town.book.set("alice", NumberOnFile::new(number(OLD), refuge.town.clock.now() - month));
    assert!(!refuge.may_replace(&alice, None).await);
    assert_eq!(refuge.count("NumberReplaced"), 1);
}

#[tokio::test]
async fn codes_from_before_new_ones_stay_dead_when_the_record_is_set_back() {
    let refuge = refuge();
    let (alice, old) = refuge.alice_lost_her_phone().await;
    let before = refuge.record();
    let new = refuge.makes(&refuge.signs_in("alice")).await;
    refuge.book.set("alice", before);
    for code in old.iter().take(3) {
        rejected(&refuge, &alice, code).await;
    }
    rejected(&refuge, &alice, &new[0]).await;
}

#[tokio::test]
async fn an_opening_is_for_one_session_of_one_user() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let here = refuge.signs_in("alice");
    assert!(!refuge.may_replace(&here, None).await, "another session");
    let bearer = Subject::bearer("alice", "token").with_signed_in_at(refuge.clock.now());
    assert!(!refuge.may_replace(&bearer, None).await, "a token of the same user");
    refuge.town.book.set("mallory", NumberOnFile::new(number(OTHER), refuge.clock.now()));
    let mallory = Subject::cookie("mallory", *alice.login()).with_signed_in_at(refuge.clock.now());
    assert!(!refuge.may_replace(&mallory, None).await, "another user of the same session");
    refuge.book.set("mallory", refuge.record());
    assert!(!refuge.may_replace(&mallory, None).await, "with alice's record");
    assert!(refuge.may_replace(&alice, None).await);
}

#[tokio::test]
async fn an_opening_ends_with_any_change_of_the_number() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let owner = refuge.signs_in("alice");
    let manage = refuge.manage(&owner).await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    refuge.change(&owner, NEW, manage.as_ref()).await;
    assert!(!refuge.may_replace(&alice, None).await, "the owner changed it");

    refuge.mfa.recovery().allow(&UserId::from("alice")).await.unwrap().unwrap();
    refuge.town.book.set("alice", NumberOnFile::new(number(OTHER), refuge.clock.now()));
    refuge.mfa.number_changed(&UserId::from("alice")).await.unwrap();
    refuge.clock.advance(25 * HOUR);
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "the app changed it");
}

#[tokio::test]
async fn an_opening_does_not_help_a_tab_from_before_it() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let live = refuge.enter(&alice, NEW, None).await;
    let code = refuge.code();
    refuge.mfa.recovery().revoke(&UserId::from("alice")).await.unwrap();
    assert!(refuge.confirm(&alice, &live, &code, None).await.is_err());
    // A new opening does not revive the code of the earlier one for another session.
    let elsewhere = refuge.signs_in("alice");
    refuge.uses(&elsewhere, &codes[1]).await.unwrap();
    assert!(refuge.confirm(&elsewhere, &live, &code, None).await.is_err());
    assert!(refuge.is_unchanged());
}

#[tokio::test]
async fn a_thief_who_enters_a_code_of_the_owners_number_is_the_owner() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    refuge.step_up(&refuge.signs_in("alice"), Scope::MANAGE).await;
    assert!(!refuge.may_replace(&alice, None).await, "the phone is not lost");
}

#[tokio::test]
async fn attempts_are_limited_for_each_user_and_end_with_time() {
    let refuge = refuge();
    let (_, codes) = refuge.alice_lost_her_phone().await;
    let tries = async |count: usize| {
        for _ in 0..count {
            rejected(&refuge, &refuge.signs_in("alice"), "0000-0000-0000-0000").await;
        }
        match refuge.uses(&refuge.signs_in("alice"), &codes[0]).await {
            Err(RecoverError::TooManyAttempts { retry_after }) => retry_after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(tries(5).await, HOUR);
    refuge.clock.advance(HOUR);
    assert_eq!(tries(5).await, 23 * HOUR, "ten a day");
    let malformed = refuge.uses(&refuge.signs_in("alice"), "not a code").await;
    assert!(matches!(malformed, Err(RecoverError::Malformed)), "is not counted: {malformed:?}");
    let events = refuge.count("RecoveryCodeRejected");
    for _ in 0..100 {
        assert!(refuge.uses(&refuge.signs_in("alice"), "not a code").await.is_err());
    }
    assert_eq!(refuge.count("RecoveryCodeRejected"), events, "nor does it make an event");
    refuge.clock.advance(23 * HOUR);
    refuge.uses(&refuge.signs_in("alice"), &codes[0]).await.unwrap();
    assert!(refuge.is_unchanged());
}
