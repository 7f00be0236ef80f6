//! A change that recovery permits ends with it, at every instance, even if a store or a book fails at that moment.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    Channel, ConfirmNumberError, MemoryNumberBook, MemoryRecoveryBook, MemoryStore, Requirement, Scope,
    StartRequest, UserId,
    action::{Action, Words},
    adapter::MfaBoundExt as _,
    notifier::{NoticeKind, OnNoticeError},
    testing::Verb,
};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::{
    NEW,
    failures::{Does, Frail},
    meanwhile::Meanwhile,
    refuge_of, secret,
};
use crate::{
    enrollment::town_of,
    world::{brisk, pay},
};

/// Returns a refuge whose book and store can fail while a notice is sent.
fn frail() -> (Frail, Meanwhile) {
    let meanwhile = Meanwhile::default();
    let frail = Frail::with(|builder| {
        let builder = builder.policy(brisk().recovery_wait(Duration::ZERO));
        builder.notifier(meanwhile.notifier(), OnNoticeError::Hold)
    });
    (frail, meanwhile)
}

#[tokio::test(start_paused = true)]
async fn a_replacement_under_way_ends_even_if_the_store_fails_while_it_is_ended() {
    for (what, verb) in [
        ("the owner's code", Verb::Revoke),
        ("the user", Verb::Revoke),
        ("the user", Verb::UserState),
        ("the session", Verb::Revoke),
        ("support", Verb::UserState),
        ("forget", Verb::Revoke),
        ("nothing", Verb::Revoke),
    ] {
        let (Frail { refuge, hook, .. }, meanwhile) = frail();
        let (thief, codes) = refuge.alice_lost_her_phone().await;
        let owner = refuge.signs_in("alice");
        refuge.wait();
        let paying = refuge.mfa.start(&owner, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
        let owners = refuge.code();
        refuge.uses(&thief, &codes[0]).await.unwrap();
        let live = refuge.enter(&thief, NEW, None).await;
        let (mfa, session, failing) = (refuge.mfa.clone(), thief.clone(), hook.clone());
        meanwhile.set(NoticeKind::NumberReplaced, move || async move {
            *failing.0.lock().unwrap() = Some(verb);
            let user = session.user();
            let ended = match what {
                "the user" => mfa.revoke_user(user).await,
                "the session" => mfa.sign_out(&session).await,
                "support" => mfa.recovery().revoke(user).await.map(drop),
                "forget" => mfa.recovery().forget(user).await,
                "nothing" => Ok(()),
                _ => {
                    let _ = mfa.verify(&owner, &pay(), &paying.id, &owners).await.unwrap();
                    Ok(())
                }
            };
            *failing.0.lock().unwrap() = None;
            assert_eq!(ended.is_ok(), ["nothing", "the owner's code"].contains(&what), "{what}: {ended:?}");
        });
        let confirmed = refuge.confirm(&thief, &live, &refuge.code(), None).await;
        assert!(meanwhile.was_taken(), "{what}");
        assert_eq!(confirmed.is_err(), what != "nothing", "{what} {verb:?}: {confirmed:?}");
        assert_eq!(refuge.is_unchanged(), what != "nothing", "{what} {verb:?}");
        if what == "forget" || what == "nothing" {
            continue;
        }
        // The owner is not locked out: what comes later is another opening.
        sleep(Duration::from_secs(2)).await;
        let later = refuge.signs_in("alice");
        refuge.uses(&later, &codes[1]).await.unwrap();
        let live = refuge.enter(&later, NEW, None).await;
        let _ = refuge.confirm(&later, &live, &refuge.code(), None).await.unwrap();
    }
}

#[tokio::test]
async fn a_tool_of_support_without_a_notifier_ends_a_replacement_at_another_instance() {
    for what in ["support", "forget", "the owner's code"] {
        let meanwhile = Meanwhile::default();
        let (numbers, book, store) =
            (MemoryNumberBook::new(), MemoryRecoveryBook::new(), Arc::new(MemoryStore::new()));
        let shared = store.clone();
        let refuge = refuge_of(numbers.clone(), book.clone(), |builder| {
            builder.store(shared).notifier(meanwhile.notifier(), OnNoticeError::Hold).policy(brisk())
        });
        let tool = town_of(numbers.clone(), |builder| {
            let builder = builder.number_book(numbers).recovery(book).store(store).secret(secret(1));
            builder.clock(refuge.clock.clone()).policy(brisk())
        });
        let (thief, codes) = refuge.alice_lost_her_phone().await;
        let owner = refuge.signs_in("alice");
        refuge.wait();
        let paying = tool.mfa.start(&owner, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
        refuge.uses(&thief, &codes[0]).await.unwrap();
        let live = refuge.enter(&thief, NEW, None).await;
        meanwhile.set(NoticeKind::NumberReplaced, move || async move {
            match what {
                "support" => assert!(tool.mfa.recovery().revoke(owner.user()).await.unwrap(), "it was open"),
                "forget" => tool.mfa.recovery().forget(owner.user()).await.unwrap(),
                _ => drop(tool.mfa.verify(&owner, &pay(), &paying.id, &tool.code()).await.unwrap()),
            }
        });
        let confirmed = refuge.confirm(&thief, &live, &refuge.code(), None).await;
        assert!(meanwhile.was_taken(), "{what}");
        assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{what}: {confirmed:?}");
        assert!(refuge.is_unchanged(), "{what}");
    }
}

#[tokio::test]
async fn new_recovery_codes_end_what_is_under_way_and_what_support_is_about_to_open() {
    let (Frail { refuge, .. }, meanwhile) = frail();
    let (thief, codes) = refuge.alice_lost_her_phone().await;
    let owner = refuge.signs_in("alice");
    let manage = refuge.manage(&owner).await;
    refuge.uses(&thief, &codes[0]).await.unwrap();
    let live = refuge.enter(&thief, NEW, None).await;
    let (mfa, session) = (refuge.mfa.clone(), owner.clone());
    meanwhile.set(NoticeKind::NumberReplaced, move || async move {
        let _ = mfa.make_recovery_codes(&session, manage.as_ref()).await.unwrap();
    });
    let confirmed = refuge.confirm(&thief, &live, &refuge.code(), None).await;
    assert!(meanwhile.was_taken() && confirmed.is_err() && refuge.is_unchanged(), "{confirmed:?}");

    let manage = refuge.manage(&owner).await;
    let (mfa, session) = (refuge.mfa.clone(), owner.clone());
    meanwhile.set(NoticeKind::RecoveryAllowed, move || async move {
        let _ = mfa.make_recovery_codes(&session, manage.as_ref()).await.unwrap();
    });
    let allowed = refuge.mfa.recovery().allow(owner.user()).await;
    assert!(meanwhile.was_taken() && allowed.is_err(), "{allowed:?}");
    assert_eq!(refuge.mfa.recovery().status(owner.user()).await.unwrap().allowed, None);
}

#[tokio::test(start_paused = true)]
async fn support_opens_nothing_if_the_book_loses_its_answer() {
    for (revokes, store) in [(true, true), (false, true), (true, false), (false, false)] {
        let (Frail { refuge, moody, hook }, meanwhile) = frail();
        let alice = UserId::from("alice");
        let (mfa, user, book) = (refuge.mfa.clone(), alice.clone(), moody.clone());
        meanwhile.set(NoticeKind::RecoveryAllowed, move || async move {
            if revokes {
                assert!(mfa.recovery().revoke(&user).await.unwrap(), "it was about to open");
            }
            *book.replaces.lock().unwrap() = Does::LosesItsAnswer;
            *hook.0.lock().unwrap() = (!store).then_some(Verb::ReserveBudget);
        });
        let allowed = refuge.mfa.recovery().allow(&alice).await;
        assert!(meanwhile.was_taken() && allowed.is_err(), "{revokes}: {allowed:?}");
        // At once, before the background tries again.
        moody.works();
        let status = refuge.mfa.recovery().status(&alice).await.unwrap();
        assert_eq!(status.allowed, None, "revoked: {revokes}, the store works: {store}");
        assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await);
    }
    let (Frail { refuge, .. }, _) = frail();
    assert!(refuge.mfa.recovery().allow(&UserId::from("alice")).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn what_support_revokes_or_forgets_ends_even_if_the_book_fails() {
    for what in ["revoke", "forget"] {
        for verb in [None, Some(Verb::ReserveBudget)] {
            let (Frail { refuge, moody, hook }, _) = frail();
            let alice = UserId::from("alice");
            refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
            *moody.replaces.lock().unwrap() = Does::Fails;
            *hook.0.lock().unwrap() = verb;
            let ended = match what {
                "revoke" => refuge.mfa.recovery().revoke(&alice).await.map(drop),
                _ => refuge.mfa.recovery().forget(&alice).await,
            };
            assert!(ended.is_err(), "{what} {verb:?}");
            // At once, before the background tries again.
            moody.works();
            *hook.0.lock().unwrap() = None;
            let status = refuge.mfa.recovery().status(&alice).await.unwrap();
            assert_eq!(status.allowed, None, "{what} {verb:?}");
            assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "{what} {verb:?}");
            assert!(refuge.mfa.recovery().allow(&alice).await.unwrap().is_some(), "a new one opens");
            assert!(refuge.may_replace(&refuge.signs_in("alice"), None).await, "{what} {verb:?}");
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Order(u32);

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_line("Reference", self.0.to_string())
    }
}

#[tokio::test]
async fn a_session_that_fills_its_room_for_actions_does_not_end_a_change_in_another() {
    let (Frail { refuge, .. }, meanwhile) = frail();
    let alice = refuge.signs_in("alice");
    let manage = refuge.manage(&alice).await;
    let live = refuge.enter(&alice, NEW, manage.as_ref()).await;
    let (mfa, thief) = (refuge.mfa.clone(), refuge.signs_in("alice"));
    meanwhile.set(NoticeKind::NumberReplaced, move || async move {
        let transfer = Requirement::new(Scope::new("transfer").unwrap()).once();
        for order in 0..20 {
            let _ = mfa.propose(&thief, &transfer, &Order(order), None).await.unwrap();
        }
    });
    let _ = refuge.confirm(&alice, &live, &refuge.code(), manage.as_ref()).await.unwrap();
    assert!(meanwhile.was_taken());
}
