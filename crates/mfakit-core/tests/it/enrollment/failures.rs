//! A store or a number book that fails loses no number, and leaves no old grant beside a new number.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Changed, ConfirmNumberError, EnrollError, GrantToken, MemoryNumberBook, MemoryStore,
    MfaBuilder, NumberBook, NumberChange, NumberOnFile, Policy, Reason, Requirement, StartError, Subject,
    UserId, VerifyError,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

use super::{NEW, OLD, Town, town_of, town_with};
use crate::world::{pay, reason};

/// Makes the n-th call from now on fail, before or after it took effect.
#[derive(Clone, Default)]
struct FailsOnce(Arc<Mutex<Option<(usize, bool)>>>, Arc<AtomicUsize>);

impl FailsOnce {
    fn at(&self, call: usize, after: bool) {
        *self.0.lock().unwrap() = Some((call, after));
        self.1.store(0, Ordering::SeqCst);
    }

    fn calls(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }

    fn fails(&self, call: usize, after: bool) -> Result<(), StoreError> {
        match *self.0.lock().unwrap() {
            Some(expected) if expected == (call, after) => Err(StoreError::new("for the test")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl StoreHook for FailsOnce {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        let call = self.1.fetch_add(1, Ordering::SeqCst);
        self.fails(call, false)
    }

    async fn after(&self, _: Verb) -> Result<(), StoreError> {
        self.fails(self.1.load(Ordering::SeqCst).saturating_sub(1), true)
    }
}

/// Alice, who has paid and is about to enter the code to her new number.
struct Confirming {
    town: Town,
    alice: Subject,
    pays: Option<GrantToken>,
    manage: Option<GrantToken>,
    live: mfakit_core::LiveChallenge,
}

impl Confirming {
    async fn new(town: Town) -> Self {
        let alice = town.signs_in("alice");
        let pays = town.step_up(&alice, pay()).await;
        let manage = town.manage(&alice).await;
        let live = town.enter(&alice, NEW, manage.as_ref()).await;
        Self { town, alice, pays, manage, live }
    }

    async fn confirm(&self) -> Result<mfakit_core::ConfirmedNumber, ConfirmNumberError> {
        self.town.confirm(&self.alice, &self.live, &self.town.code(), self.manage.as_ref()).await
    }

    async fn pays(&self) -> Option<Reason> {
        let checked =
            self.town.mfa.check(Some(&self.alice), &Requirement::new(pay()), self.pays.as_ref()).await;
        reason(&checked.unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_at_any_step_loses_no_number_and_leaves_no_old_grant() {
    let (mut changed, mut kept) = (0, 0);
    for after in [false, true] {
        for call in 0.. {
            let hook = FailsOnce::default();
            let store = HookedStore::new(MemoryStore::new(), hook.clone());
            let case = Confirming::new(town_with(|builder| builder.store(store))).await;
            hook.at(call, after);
            let confirmed = case.confirm().await;
            let calls = hook.calls();
            hook.at(usize::MAX, after);
            if confirmed.is_ok() {
                assert_eq!(
                    case.pays().await,
                    Some(Reason::Missing),
                    "call {call}: an old grant is left at first"
                );
            }
            // What is repeated in the background ends.
            tokio::time::sleep(Duration::from_secs(40)).await;
            let on_file = case.town.on_file("alice");
            match on_file.as_deref() {
                Some(NEW) => {
                    assert!(confirmed.is_ok(), "call {call}: {confirmed:?}");
                    assert_eq!(case.pays().await, Some(Reason::Missing), "call {call}: an old grant lives");
                    let status = case.town.mfa.status(case.alice.user()).await.unwrap();
                    assert!(status.grants.is_empty(), "call {call}: {status:?}");
                    changed += 1;
                }
                Some(OLD) => {
                    assert!(confirmed.is_err(), "call {call}: {confirmed:?}");
                    kept += 1;
                }
                lost => panic!("call {call}: {lost:?}"),
            }
            if call >= calls {
                break;
            }
        }
    }
    assert!(changed >= 4 && kept >= 10, "{changed} changed, {kept} kept");
}

#[tokio::test(start_paused = true)]
async fn a_revocation_that_fails_after_the_change_is_repeated() {
    #[derive(Clone, Default)]
    struct SecondRevocationFails(Arc<AtomicUsize>);

    #[async_trait]
    impl StoreHook for SecondRevocationFails {
        async fn before(&self, verb: Verb) -> Result<(), StoreError> {
            // The first one comes before the change. The next three fail.
            let fails = verb == Verb::Revoke && (1..4).contains(&self.0.fetch_add(1, Ordering::SeqCst));
            if fails { Err(StoreError::new("for the test")) } else { Ok(()) }
        }
    }

    let hook = SecondRevocationFails::default();
    let store = HookedStore::new(MemoryStore::new(), hook.clone());
    let case = Confirming::new(town_with(|builder| builder.store(store))).await;
    case.confirm().await.unwrap();
    assert_eq!(hook.0.load(Ordering::SeqCst), 2);
    let text = case.town.events.text();
    assert!(text.contains("RevocationPending") && text.contains("NumberReplaced"), "{text}");
    // A grant from the moment in between.
    let token = case.town.step_up(&case.alice, pay()).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(hook.0.load(Ordering::SeqCst), 5, "after 1, 2 and 4 seconds");
    let checked = case.town.mfa.check(Some(&case.alice), &Requirement::new(pay()), token.as_ref()).await;
    assert_eq!(reason(&checked.unwrap()), Some(Reason::Missing));
}

/// Behavior of a number book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Works,
    Fails,
    Panics,
    Hangs,
    /// It changes the number, and its answer is lost.
    LosesItsAnswer,
    /// It changes the number five seconds after it failed.
    IsLate,
}

#[derive(Clone)]
struct Moody {
    book: MemoryNumberBook,
    reads: Arc<Mutex<Does>>,
    changes: Arc<Mutex<Does>>,
}

impl Moody {
    fn town() -> (Town, Self) {
        let book = MemoryNumberBook::new();
        let works = || Arc::new(Mutex::new(Does::Works));
        let moody = Self { book: book.clone(), reads: works(), changes: works() };
        let town = town_of(book, |builder: MfaBuilder| {
            builder.number_book(moody.clone()).policy(Policy::for_tests())
        });
        (town, moody)
    }
}

#[async_trait]
impl NumberBook for Moody {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        let does = *self.reads.lock().unwrap();
        match does {
            Does::Fails | Does::LosesItsAnswer | Does::IsLate => Err("for the test".into()),
            Does::Panics => panic!("for the test"),
            Does::Hangs => pending().await,
            Does::Works => self.book.number(user).await,
        }
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        let does = *self.changes.lock().unwrap();
        match does {
            Does::Works => self.book.change(user, change).await,
            Does::Fails => Err("for the test".into()),
            Does::Panics => panic!("for the test"),
            Does::Hangs => pending().await,
            Does::LosesItsAnswer => {
                let _ = self.book.change(user, change).await?;
                Err("the answer is lost".into())
            }
            Does::IsLate => {
                let (book, user, change) = (self.book.clone(), user.clone(), change.clone());
                drop(tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    assert_eq!(book.change(&user, &change).await.unwrap(), Changed::Done);
                }));
                Err("for the test".into())
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_that_fails_while_it_saves_leaves_no_old_grant_beside_a_new_number() {
    for (does, on_file) in [
        (Does::Fails, OLD),
        (Does::Panics, OLD),
        (Does::Hangs, OLD),
        (Does::LosesItsAnswer, NEW),
        (Does::IsLate, NEW),
    ] {
        let (town, moody) = Moody::town();
        let case = Confirming::new(town).await;
        *moody.changes.lock().unwrap() = does;
        let confirmed = case.confirm().await;
        match confirmed {
            Err(ConfirmNumberError::Verify(VerifyError::Misconfigured(_))) => assert_eq!(does, Does::Panics),
            Err(ConfirmNumberError::Verify(VerifyError::Unavailable)) => assert_ne!(does, Does::Panics),
            other => panic!("{does:?}: {other:?}"),
        }
        assert_eq!(case.pays().await, Some(Reason::Missing), "{does:?}");
        // A grant that a code to the old number gives before the book is done.
        let between = match does {
            Does::IsLate => case.town.step_up(&case.alice, pay()).await,
            _ => None,
        };
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert_eq!(case.town.on_file("alice").as_deref(), Some(on_file), "{does:?}");
        let checked =
            case.town.mfa.check(Some(&case.alice), &Requirement::new(pay()), between.as_ref()).await;
        assert_eq!(reason(&checked.unwrap()), Some(Reason::Missing), "{does:?}");
        let reported = case.town.events.text().contains("NumberReplaced");
        assert_eq!(reported, on_file == NEW, "{does:?}: a late change is reported too");
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_that_fails_while_it_removes_does_the_same() {
    for (does, on_file) in [(Does::Fails, Some(OLD)), (Does::LosesItsAnswer, None), (Does::IsLate, None)] {
        let (town, moody) = Moody::town();
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        *moody.changes.lock().unwrap() = does;
        let removed = town.mfa.remove_number(&alice, manage.as_ref()).await;
        assert!(matches!(removed, Err(EnrollError::Unavailable)), "{removed:?}");
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert_eq!(town.on_file("alice").as_deref(), on_file, "{does:?}");
        assert_eq!(town.events.text().contains("NumberRemoved"), on_file.is_none(), "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_that_cannot_be_read_permits_nothing() {
    for does in [Does::Fails, Does::Panics, Does::Hangs] {
        let (town, moody) = Moody::town();
        let case = Confirming::new(town).await;
        *moody.reads.lock().unwrap() = does;
        let (town, alice, verifies) = (&case.town, &case.alice, case.town.provider.verifies());
        let carol = town.signs_in("carol");
        let proposed = town.propose(&carol, NEW, None).await;
        let expected = match does {
            Does::Panics => matches!(proposed, Err(EnrollError::Misconfigured(_))),
            _ => matches!(proposed, Err(EnrollError::Unavailable)),
        };
        assert!(expected, "{does:?}: {proposed:?}");
        let sent = town.send(alice, case.live.approval.unwrap(), case.manage.as_ref()).await;
        assert!(matches!(sent, Err(StartError::Unavailable | StartError::Misconfigured(_))), "{sent:?}");
        let confirmed = case.confirm().await;
        let failed = matches!(
            confirmed,
            Err(ConfirmNumberError::Verify(VerifyError::Unavailable | VerifyError::Misconfigured(_)))
        );
        assert!(failed, "{does:?}: {confirmed:?}");
        assert!(town.mfa.remove_number(alice, case.manage.as_ref()).await.is_err());
        assert!(town.mfa.numbers(alice, None).await.is_err());
        assert_eq!(town.provider.verifies(), verifies, "{does:?}: no code was compared");

        *moody.reads.lock().unwrap() = Does::Works;
        case.confirm().await.unwrap();
        assert_eq!(case.town.on_file("alice").as_deref(), Some(NEW), "{does:?}: nothing was lost");
    }
}

#[tokio::test]
async fn a_conflict_changes_nothing_and_is_reported() {
    struct Conflicts(MemoryNumberBook);

    #[async_trait]
    impl NumberBook for Conflicts {
        async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
            self.0.number(user).await
        }

        async fn change(&self, _: &UserId, _: &NumberChange) -> Result<Changed, BoxError> {
            Ok(Changed::Conflict)
        }
    }

    let book = MemoryNumberBook::new();
    let town = town_of(book.clone(), |builder| builder.number_book(Conflicts(book)));
    let case = Confirming::new(town).await;
    let confirmed = case.confirm().await;
    assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{confirmed:?}");
    let manage = case.town.manage(&case.alice).await;
    let removed = case.town.mfa.remove_number(&case.alice, manage.as_ref()).await;
    assert!(matches!(removed, Err(EnrollError::Conflict)), "{removed:?}");
    assert_eq!(case.town.on_file("alice").as_deref(), Some(OLD));
    let text = case.town.events.text();
    assert_eq!(text.matches("NumberChangeRejected { why: \"conflict\" }").count(), 2, "{text}");
}

#[tokio::test]
async fn a_confirmation_that_stopped_after_its_code_goes_on_with_the_same_code() {
    // The store fails when the grant of the new number is read.
    let hook = Stops::default();
    let store = HookedStore::new(MemoryStore::new(), hook.clone());
    let case = Confirming::new(town_with(|builder| builder.store(store))).await;
    *hook.0.lock().unwrap() = Some(Verb::BoundGrants);
    let stopped = case.confirm().await;
    assert!(matches!(stopped, Err(ConfirmNumberError::Verify(VerifyError::Unavailable))), "{stopped:?}");
    assert_eq!(case.town.on_file("alice").as_deref(), Some(OLD));
    *hook.0.lock().unwrap() = None;
    let verifies = case.town.provider.verifies();
    case.confirm().await.unwrap();
    assert_eq!(case.town.provider.verifies(), verifies, "the code was recognized");
    assert_eq!(case.town.on_file("alice").as_deref(), Some(NEW));
}

/// Fails one verb.
#[derive(Clone, Default)]
struct Stops(Arc<Mutex<Option<Verb>>>);

#[async_trait]
impl StoreHook for Stops {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if *self.0.lock().unwrap() == Some(verb) { Err(StoreError::new("for the test")) } else { Ok(()) }
    }
}
