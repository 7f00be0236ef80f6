//! Concurrent requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Changed, ConfirmNumberError, ConfirmedNumber, EnrollError, MemoryNumberBook, MemoryStore,
    MfaBuilder, NumberBook, NumberChange, NumberOnFile, Policy, UserId, VerifyError,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

use super::{NEW, OLD, OTHER, Town, town, town_of, town_with};

type Confirmed = Result<ConfirmedNumber, ConfirmNumberError>;

/// Runs `count` requests at once, and returns their answers.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    request: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..count).map(|n| tokio::spawn(request(n))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_wrong_codes_at_once_five_reach_the_provider() {
    let town = Arc::new(town());
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, NEW, None).await;
    let wrong = town.wrong_code();
    let answers: Vec<Confirmed> = at_once(200, |_| {
        let (town, carol, live, wrong) = (town.clone(), carol.clone(), live.clone(), wrong.clone());
        async move { town.confirm(&carol, &live, &wrong, None).await }
    })
    .await;
    assert!(answers.iter().all(Result::is_err));
    assert!(town.provider.verifies() <= 5, "{}", town.provider.verifies());
    assert_eq!(town.on_file("carol"), None);
    let right = town.confirm(&carol, &live, &town.code(), None).await;
    assert!(matches!(right, Err(ConfirmNumberError::Verify(VerifyError::ChallengeOver))), "{right:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_right_codes_at_once_one_changes_the_number() {
    for user in ["carol", "alice"] {
        let town = Arc::new(town());
        let subject = town.signs_in(user);
        let manage = if user == "alice" { town.manage(&subject).await } else { None };
        let live = town.enter(&subject, NEW, manage.as_ref()).await;
        let code = town.code();
        let answers: Vec<Confirmed> = at_once(100, |_| {
            let (town, subject, live) = (town.clone(), subject.clone(), live.clone());
            let (code, manage) = (code.clone(), manage.clone());
            async move { town.confirm(&subject, &live, &code, manage.as_ref()).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{user}");
        assert_eq!(town.on_file(user).as_deref(), Some(NEW));
        let changes = town.events.text().matches("NumberAdded").count()
            + town.events.text().matches("NumberReplaced").count();
        assert_eq!(changes, 1, "{user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_replacements_at_once_one_wins() {
    for _ in 0..20 {
        let town = Arc::new(town());
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        let (mut entered, numbers) = (Vec::new(), [NEW, OTHER]);
        for text in numbers {
            entered.push((town.enter(&alice, text, manage.as_ref()).await, town.code()));
        }
        let answers: Vec<Confirmed> = at_once(2, |n| {
            let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
            let (live, code) = entered[n].clone();
            async move { town.confirm(&alice, &live, &code, manage.as_ref()).await }
        })
        .await;
        let won: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert_eq!(town.on_file("alice").as_deref(), Some(won[0].number.as_e164()));
        let text = town.events.text();
        assert_eq!(text.matches("NumberReplaced").count(), 1, "{text}");
        assert!(text.contains(&format!("to: \"{}\"", won[0].number)), "the event names the winner: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_first_numbers_in_two_sessions_one_is_saved() {
    for _ in 0..20 {
        let town = Arc::new(town());
        let mut entered = Vec::new();
        for text in [NEW, OTHER] {
            let carol = town.signs_in("carol");
            let live = town.enter(&carol, text, None).await;
            entered.push((carol, live, town.code()));
        }
        let answers: Vec<Confirmed> = at_once(2, |n| {
            let (town, (carol, live, code)) = (town.clone(), entered[n].clone());
            async move { town.confirm(&carol, &live, &code, None).await }
        })
        .await;
        let won: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert!(won.len() <= 1, "{answers:?}");
        let on_file = town.on_file("carol");
        assert_eq!(on_file.as_deref(), won.first().map(|won| won.number.as_e164()), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_removal_and_a_replacement_at_once_need_a_grant_each() {
    for _ in 0..20 {
        let town = Arc::new(town());
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        let live = town.enter(&alice, NEW, manage.as_ref()).await;
        let code = town.code();
        let replaced = {
            let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
            tokio::spawn(async move { town.confirm(&alice, &live, &code, manage.as_ref()).await })
        };
        let removed = {
            let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
            tokio::spawn(async move { town.mfa.remove_number(&alice, manage.as_ref()).await })
        };
        let (replaced, removed) = (replaced.await.unwrap(), removed.await.unwrap());
        assert!(replaced.is_ok() != removed.is_ok(), "{replaced:?} {removed:?}");
        let expected = if replaced.is_ok() { Some(NEW) } else { None };
        assert_eq!(town.on_file("alice").as_deref(), expected);
        assert!(!matches!(removed, Err(EnrollError::Unavailable)), "{removed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_confirmation_during_a_revocation_changes_the_number_or_does_nothing() {
    for _ in 0..20 {
        let town = Arc::new(town());
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        let live = town.enter(&alice, NEW, manage.as_ref()).await;
        let code = town.code();
        let confirming = {
            let (town, alice) = (town.clone(), alice.clone());
            tokio::spawn(async move { town.confirm(&alice, &live, &code, manage.as_ref()).await })
        };
        let revoking = {
            let (town, alice) = (town.clone(), alice.clone());
            tokio::spawn(async move { town.mfa.revoke_user(alice.user()).await })
        };
        let (confirmed, revoked) = (confirming.await.unwrap(), revoking.await.unwrap());
        assert!(revoked.is_ok());
        let expected = if confirmed.is_ok() { NEW } else { OLD };
        assert_eq!(town.on_file("alice").as_deref(), Some(expected), "{confirmed:?}");
        let status = town.mfa.status(alice.user()).await.unwrap();
        assert!(status.grants.is_empty() && status.live_challenges == 0, "{status:?}");
    }
}

#[tokio::test]
async fn a_code_that_is_being_checked_when_the_user_is_revoked_changes_nothing() {
    let town = Arc::new(town_with(|builder| builder.policy(Policy::for_tests())));
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let code = town.code();
    town.provider.delay(Duration::from_millis(200));
    let confirming = {
        let (town, alice) = (town.clone(), alice.clone());
        tokio::spawn(async move { town.confirm(&alice, &live, &code, manage.as_ref()).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    town.mfa.revoke_user(alice.user()).await.unwrap();
    let confirmed = confirming.await.unwrap();
    assert!(
        matches!(confirmed, Err(ConfirmNumberError::Verify(VerifyError::ChallengeOver))),
        "{confirmed:?}"
    );
    assert_eq!(town.on_file("alice").as_deref(), Some(OLD));
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_stop_a_change_halfway() {
    let town: Arc<Town> = Arc::new(town());
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let code = town.code();
    town.provider.delay(Duration::from_millis(100));
    let confirm = town.confirm(&alice, &live, &code, manage.as_ref());
    assert!(tokio::time::timeout(Duration::from_millis(20), confirm).await.is_err());
    for _ in 0..100 {
        if town.on_file("alice").as_deref() == Some(NEW) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the change did not run to its end");
}

/// Book that compares nothing, and takes its time.
#[derive(Clone, Default)]
struct Careless(MemoryNumberBook, Arc<AtomicUsize>);

#[async_trait]
impl NumberBook for Careless {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        self.0.number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.set(user.clone(), change.to().cloned());
        Ok(Changed::Done)
    }
}

/// Holds up every consumption and every revocation, so that all requests reach it before the first is done.
struct Slow;

#[async_trait]
impl StoreHook for Slow {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if matches!(verb, Verb::Consume | Verb::Revoke) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

fn careless() -> (Arc<Town>, Arc<AtomicUsize>) {
    let book = Careless::default();
    let (numbers, changes) = (book.0.clone(), book.1.clone());
    let settings = |builder: MfaBuilder| {
        let store = HookedStore::new(MemoryStore::new(), Slow);
        builder.number_book(book).store(store).policy(Policy::for_tests())
    };
    (Arc::new(town_of(numbers, settings)), changes)
}

#[tokio::test]
async fn one_code_reaches_the_book_once_even_if_the_book_compares_nothing() {
    let (town, changes) = careless();
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, NEW, None).await;
    let code = town.code();
    let answers: Vec<Confirmed> = at_once(20, |_| {
        let (town, carol, live, code) = (town.clone(), carol.clone(), live.clone(), code.clone());
        async move { town.confirm(&carol, &live, &code, None).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(changes.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_grant_reaches_the_book_once_even_if_the_book_compares_nothing() {
    let (town, changes) = careless();
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let mut entered = Vec::new();
    for text in [NEW, OTHER] {
        entered.push((town.enter(&alice, text, manage.as_ref()).await, town.code()));
    }
    let answers: Vec<Confirmed> = at_once(2, |n| {
        let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone());
        let (live, code) = entered[n].clone();
        async move { town.confirm(&alice, &live, &code, manage.as_ref()).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(changes.load(Ordering::SeqCst), 1);
}
