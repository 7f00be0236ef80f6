//! Nothing but a change sends a notice, and a race of changes sends one.

use std::sync::Arc;

use mfakit_core::{ConfirmNumberError, NumberOnFile};

use super::{
    super::{NEW, OLD, OTHER, number},
    notified,
};

#[tokio::test]
async fn two_hundred_attempts_without_a_change_send_no_notice() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let (right, wrong) = (town.code(), town.wrong_code());
    for n in 0..50 {
        let _ = town.confirm(&alice, &live, &wrong, manage.as_ref()).await.unwrap_err();
        let _ = town.confirm(&alice, &live, &right, None).await.unwrap_err();
        let thief = town.signs_in("alice");
        let _ = town.confirm(&thief, &live, &right, manage.as_ref()).await.unwrap_err();
        let removed = town.mfa.remove_number(&thief, manage.as_ref()).await;
        assert!(removed.is_err(), "{n}: {removed:?}");
    }
    assert!(sent.kinds().is_empty());
    assert_eq!(town.on_file("alice").as_deref(), Some(OLD));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_confirmations_at_once_one_notice_is_sent() {
    let (town, sent) = notified(|builder| builder);
    let town = Arc::new(town);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let code = town.code();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
            let (live, code) = (live.clone(), code.clone());
            tokio::spawn(async move { town.confirm(&alice, &live, &code, manage.as_ref()).await.is_ok() })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += u32::from(task.await.unwrap());
    }
    assert_eq!((won, sent.kinds().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_replacements_at_once_the_notice_names_the_one_that_wins() {
    for _ in 0..20 {
        let (town, sent) = notified(|builder| builder);
        let town = Arc::new(town);
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        let mut tasks = Vec::new();
        for text in [NEW, OTHER] {
            let live = town.enter(&alice, text, manage.as_ref()).await;
            tasks.push((live, town.code()));
        }
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|(live, code)| {
                let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
                tokio::spawn(async move { town.confirm(&alice, &live, &code, manage.as_ref()).await.is_ok() })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            won += u32::from(task.await.unwrap());
        }
        assert_eq!((won, sent.kinds().len()), (1, 1));
        assert_eq!(town.on_file("alice"), sent.numbers().last().cloned());
    }
}

#[tokio::test]
async fn a_notice_of_a_change_that_fails_afterwards_says_that_it_is_being_made() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    // The app changes the number before the code is entered, so the proposal no longer holds and no notice is sent.
    town.book.set("alice", NumberOnFile::new(number(OTHER), town.mfa.now()));
    let confirmed = town.confirm(&alice, &live, &town.code(), manage.as_ref()).await;
    assert!(
        matches!(confirmed, Err(ConfirmNumberError::Conflict | ConfirmNumberError::Verify(_))),
        "{confirmed:?}"
    );
    assert!(sent.kinds().is_empty(), "{confirmed:?}");
    // A removal whose number changes during the notice: the notice is sent, and the number stays.
    let manage = town.manage(&alice).await;
    let (book, mfa) = (town.book.clone(), town.mfa.clone());
    sent.meanwhile(move || book.set("alice", NumberOnFile::new(number(OLD), mfa.now())));
    let removed = town.mfa.remove_number(&alice, manage.as_ref()).await;
    assert!(removed.is_err(), "{removed:?}");
    assert_eq!(town.on_file("alice").as_deref(), Some(OLD));
    assert!(sent.last().text().body.contains("is being removed"));
}
