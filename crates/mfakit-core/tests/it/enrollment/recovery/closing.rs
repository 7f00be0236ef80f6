//! An opening ends without a wait for the recovery book, and stays ended.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    BackendError, Channel, LoginId, MemoryNumberBook, MemoryRecoveryBook, MemoryStore, NumberTokens, Policy,
    StartRequest, Subject, UserId, testing::Verb,
};
use tokio::time::{Instant, sleep};

use super::{
    Refuge,
    failures::{Does, Frail, Moody},
    refuge_of, refuge_with, secret,
};
use crate::{
    enrollment::{Town, town_of},
    world::{brisk, pay},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A minute, in which the background gives up.
const MINUTE: Duration = Duration::from_secs(60);

/// Enters a code to the number on file in a new session, while the book does something else than before. Returns the time that
/// the check of the code took.
async fn owner_enters_a_code(refuge: &Refuge, moody: &Moody, does: Does, reads: bool) -> Duration {
    let owner = refuge.signs_in("alice");
    refuge.wait();
    let request = StartRequest::new(pay(), Channel::Messaging);
    let live = refuge.mfa.start(&owner, request).await.unwrap();
    let method = if reads { &moody.reads } else { &moody.replaces };
    *method.lock().unwrap() = does;
    let began = Instant::now();
    let _ = refuge.mfa.verify(&owner, &pay(), &live.id, &refuge.code()).await.unwrap();
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_right_code_waits_a_second_for_the_book_and_ends_what_support_allowed_in_any_case() {
    for (does, reads) in [
        (Does::Hangs, true),
        (Does::Hangs, false),
        (Does::Fails, true),
        (Does::Fails, false),
        (Does::Panics, true),
    ] {
        let (refuge, moody) = Moody::refuge();
        let alice = UserId::from("alice");
        refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
        let took = owner_enters_a_code(&refuge, &moody, does, reads).await;
        assert!(took <= Duration::from_secs(1), "{does:?}: {took:?}");
        assert_eq!(refuge.count("RecoveryRevocationPending { noted: true }"), 1, "{does:?}");
        sleep(MINUTE).await;
        moody.works();
        assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None, "{does:?}");
        refuge.clock.advance(25 * HOUR);
        let thief = refuge.signs_in("alice");
        assert!(!refuge.may_replace(&thief, None).await, "{does:?}");
        // A new permission is another one.
        let again = refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
        assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, Some(again), "{does:?}");
        refuge.clock.advance(25 * HOUR);
        assert!(refuge.may_replace(&refuge.signs_in("alice"), None).await, "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_right_code_ends_what_a_code_has_opened_while_the_book_hangs() {
    let (refuge, moody) = Moody::refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await);
    owner_enters_a_code(&refuge, &moody, Does::Hangs, true).await;
    sleep(MINUTE).await;
    moody.works();
    assert!(!refuge.may_replace(&alice, None).await);
    let repeated = refuge.uses(&alice, &codes[0]).await;
    assert!(repeated.is_err(), "nor does the same code open it again: {repeated:?}");
    refuge.uses(&alice, &codes[1]).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await, "another code does");
}

#[tokio::test(start_paused = true)]
async fn a_book_that_answers_late_is_closed_in_the_background() {
    let (refuge, moody) = Moody::refuge();
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    let backup = refuge.record();
    owner_enters_a_code(&refuge, &moody, Does::Fails, false).await;
    assert_eq!(refuge.record(), backup);
    moody.works();
    sleep(Duration::from_secs(2)).await;
    assert_ne!(refuge.record(), backup);
    assert_eq!(refuge.count("RecoveryRevoked { why: \"code entered\" }"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_revocation_waits_a_second_for_the_book_and_ends_what_is_open() {
    for what in ["user", "session", "another session"] {
        let (refuge, moody) = Moody::refuge();
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        *moody.reads.lock().unwrap() = Does::Hangs;
        let began = Instant::now();
        match what {
            "user" => refuge.mfa.revoke_user(alice.user()).await.unwrap(),
            "session" => refuge.mfa.sign_out(&alice).await.unwrap(),
            _ => refuge.mfa.sign_out(&refuge.signs_in("alice")).await.unwrap(),
        }
        assert!(began.elapsed() <= Duration::from_secs(1), "{what}: {:?}", began.elapsed());
        sleep(MINUTE).await;
        moody.works();
        assert_eq!(refuge.may_replace(&alice, None).await, what == "another session", "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_reports_that_neither_the_book_nor_the_store_ended_an_opening() {
    let Frail { refuge, moody, hook } = Frail::with(|builder| builder);
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    *moody.replaces.lock().unwrap() = Does::Fails;
    *hook.0.lock().unwrap() = Some(Verb::ReserveBudget);
    let revoked = refuge.mfa.revoke_user(&alice).await;
    assert!(matches!(revoked, Err(BackendError::Store(_))), "{revoked:?}");
    assert_eq!(refuge.count("RecoveryRevocationPending { noted: false }"), 1);
    moody.works();
    sleep(Duration::from_secs(2)).await;
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None, "the background ends it");
}

/// Two instances during a rotation. The later one has a newer secret, so the earlier one cannot read what it writes.
struct Rotation {
    earlier: Refuge,
    later: Town,
    alice: Subject,
    codes: Vec<String>,
    cookie: NumberTokens,
}

impl Rotation {
    /// Alice has used a recovery code at the later instance.
    async fn new() -> Self {
        let (numbers, book, store) =
            (MemoryNumberBook::new(), MemoryRecoveryBook::new(), Arc::new(MemoryStore::new()));
        let shared = store.clone();
        let policy = || brisk().recovery_wait(Duration::ZERO);
        let earlier =
            refuge_of(numbers.clone(), book.clone(), |builder| builder.store(shared).policy(policy()));
        let later = town_of(numbers.clone(), |builder| {
            let builder = builder.number_book(numbers).recovery(book).store(store).policy(policy());
            builder.clock(earlier.clock.clone()).secret(secret(2)).secret(secret(1))
        });
        let codes = earlier.makes(&earlier.signs_in("alice")).await;
        let alice = Subject::cookie("alice", LoginId::random()).with_signed_in_at(earlier.mfa.now());
        let used = later.mfa.use_recovery_code(&alice, codes.first().unwrap(), None).await.unwrap();
        let rotation =
            Self { earlier, later, alice, codes, cookie: NumberTokens::new().recovery(used.token) };
        assert!(rotation.is_open().await);
        rotation
    }

    async fn is_open(&self) -> bool {
        self.later.mfa.numbers(&self.alice, &self.cookie).await.unwrap().denied.is_none()
    }
}

#[tokio::test]
async fn what_an_instance_cannot_read_it_ends_and_keeps() {
    for how in ["a right code", "a revocation of the user", "a sign-out", "the app"] {
        let rotation = Rotation::new().await;
        let Rotation { earlier, later, alice, codes, .. } = &rotation;
        let record = earlier.record();
        match how {
            "a right code" => {
                earlier.step_up(&earlier.signs_in("alice"), pay()).await;
            }
            "a revocation of the user" => earlier.mfa.revoke_user(alice.user()).await.unwrap(),
            "a sign-out" => earlier.mfa.sign_out(alice).await.unwrap(),
            _ => assert!(earlier.mfa.recovery().revoke(alice.user()).await.unwrap()),
        }
        assert_eq!(earlier.record(), record, "{how}: the codes in it are good");
        assert!(!rotation.is_open().await, "{how}");
        let signed_in = alice.clone().with_signed_in_at(later.mfa.now());
        let used = later.mfa.use_recovery_code(&signed_in, &codes[1], None).await.unwrap();
        assert_eq!(used.codes_left, 8, "{how}");
        let rotation = Rotation { cookie: NumberTokens::new().recovery(used.token), ..rotation };
        assert!(rotation.is_open().await, "{how}: a new opening");
    }
}

#[tokio::test]
async fn support_is_told_that_a_text_cannot_be_read_and_overwrites_nothing() {
    let rotation = Rotation::new().await;
    let record = rotation.earlier.record();
    let allowed = rotation.earlier.mfa.recovery().allow(rotation.alice.user()).await;
    match allowed {
        Err(BackendError::Directory(why)) => {
            assert!(why.to_string().contains("add the secret that it was written with"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(rotation.earlier.record(), record);
    assert!(rotation.is_open().await, "nothing has changed");
    rotation.later.mfa.recovery().allow(rotation.alice.user()).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_opening_that_is_over_does_not_hide_the_other() {
    let refuge = refuge_with(|builder| builder.policy(Policy::for_tests().recovery_wait(Duration::ZERO)));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    refuge.mfa.recovery().allow(alice.user()).await.unwrap().unwrap();
    let both = refuge.record();
    refuge.mfa.sign_out(&alice).await.unwrap();
    refuge.book.set("alice", both);
    assert!(refuge.may_replace(&alice, None).await, "the app's is still open");
}

#[tokio::test(start_paused = true)]
async fn a_revocation_in_the_background_ends_nothing_that_support_allows_after_it() {
    for (method, does) in [("read", Does::Fails), ("read", Does::Hangs), ("replace", Does::Fails)] {
        let (refuge, moody) = Moody::refuge();
        let alice = UserId::from("alice");
        refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
        *if method == "read" { &moody.reads } else { &moody.replaces }.lock().unwrap() = does;
        refuge.mfa.revoke_user(&alice).await.unwrap();
        moody.works();
        let again = refuge.mfa.recovery().allow(&alice).await.unwrap();
        assert!(again.is_some());
        sleep(MINUTE).await;
        assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, again, "{method} {does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_code_opened_in_a_session_that_has_ended_does_not_end_what_support_allows() {
    let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
    let moody = Moody::of(book.clone());
    let policy = brisk().recovery_wait(Duration::ZERO);
    let refuge = refuge_of(numbers, book, |builder| builder.recovery(moody.clone()).policy(policy));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    *moody.reads.lock().unwrap() = Does::Fails;
    refuge.mfa.sign_out(&alice).await.unwrap();
    sleep(MINUTE).await;
    moody.works();
    refuge.mfa.recovery().allow(alice.user()).await.unwrap().unwrap();
    // An app may keep the identifier of a session.
    let live = refuge.enter(&alice, super::NEW, None).await;
    let _ = refuge.confirm(&alice, &live, &refuge.code(), None).await.unwrap();
}
