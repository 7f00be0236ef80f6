//! Recovery that the app's support allows.

use std::time::Duration;

use mfakit_core::{Policy, UserId};

use super::{NEW, refuge, refuge_with};
use crate::world::brisk;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn support_opens_the_replacement_after_a_day() {
    let refuge = refuge();
    let alice = UserId::from("alice");
    let opening = refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    assert_eq!(opening.until.since(opening.from), 72 * HOUR);
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "not yet");
    refuge.clock.advance(23 * HOUR);
    let again = refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    assert_eq!(again, opening, "a second call neither restarts the wait nor extends the time");
    refuge.clock.advance(HOUR);
    let old = refuge.signs_in("alice").with_signed_in_at(opening.from - HOUR);
    assert!(!refuge.may_replace(&old, None).await, "the sign-in is too old");
    assert!(refuge.mfa.numbers(&old, None).await.unwrap().recovery.unwrap().needs_sign_in);
    let session = refuge.signs_in("alice");
    refuge.change(&session, NEW, None).await;
    assert_eq!(refuge.on_file("alice").as_deref(), Some(NEW));
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "it is consumed");
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None);
    assert_eq!((refuge.count("RecoveryAllowed"), refuge.count("RecoveryConsumed")), (1, 1));
}

#[tokio::test]
async fn what_support_opened_ends() {
    let refuge = refuge();
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    refuge.clock.advance(96 * HOUR - Duration::from_secs(1));
    assert!(refuge.may_replace(&refuge.signs_in("alice"), None).await);
    refuge.clock.advance(Duration::from_secs(1));
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await);
}

#[tokio::test]
async fn the_owner_ends_it_with_a_code_to_the_number_on_file() {
    let refuge = refuge();
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    refuge.step_up(&refuge.signs_in("alice"), crate::world::pay()).await;
    assert_eq!(refuge.count("RecoveryRevoked { why: \"code entered\" }"), 1);
    refuge.clock.advance(25 * HOUR);
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await);
}

#[tokio::test]
async fn support_ends_it() {
    let refuge = refuge_with(|builder| builder.policy(no_wait()));
    let alice = UserId::from("alice");
    assert!(!refuge.mfa.recovery().revoke(&alice).await.unwrap(), "nothing is open");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    let session = refuge.signs_in("alice");
    assert!(refuge.may_replace(&session, None).await);
    assert!(refuge.mfa.recovery().revoke(&alice).await.unwrap());
    assert!(!refuge.may_replace(&session, None).await);
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    refuge.mfa.revoke_user(&alice).await.unwrap();
    assert!(!refuge.may_replace(&session, None).await, "a revocation of the user ends it, too");
}

#[tokio::test]
async fn there_is_nothing_to_recover_without_a_number() {
    let refuge = refuge();
    assert_eq!(refuge.mfa.recovery().allow(&UserId::from("carol")).await.unwrap(), None);
}

#[tokio::test]
async fn sign_out_ends_what_a_code_opened_in_the_session() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    refuge.mfa.sign_out(&refuge.signs_in("alice")).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await, "another session is not this one");
    refuge.mfa.sign_out(&alice).await.unwrap();
    assert!(!refuge.may_replace(&alice, None).await);
}

#[tokio::test]
async fn codes_that_are_forgotten_open_nothing() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let backup = refuge.record();
    refuge.mfa.recovery().forget(&UserId::from("alice")).await.unwrap();
    assert_eq!(refuge.record(), None);
    assert!(refuge.uses(&alice, &codes[0]).await.is_err());
    refuge.book.set("alice", backup);
    assert!(refuge.uses(&alice, &codes[1]).await.is_err(), "not even from a backup");
}

fn no_wait() -> Policy {
    brisk().recovery_wait(Duration::ZERO)
}

#[tokio::test]
async fn support_can_allow_again_what_a_backup_only_shows() {
    let refuge = refuge();
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    let backup = refuge.record();
    assert!(refuge.mfa.recovery().revoke(&alice).await.unwrap());
    refuge.clock.advance(HOUR);
    refuge.book.set("alice", backup);
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None, "it is over");
    let shown = refuge.mfa.numbers(&refuge.signs_in("alice"), None).await.unwrap();
    assert_eq!(shown.recovery.unwrap().allowed, None);
    let again = refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, Some(again));
    refuge.clock.advance(24 * HOUR);
    assert!(refuge.may_replace(&refuge.signs_in("alice"), None).await);
}
