//! Removals, and what other requests make of them.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    Channel, Clock as _, Code, EnrollError, GrantToken, LiveChallenge, LoginId, MemoryNumberBook,
    MemoryStore, Mfa, NumberOnFile, Scope, Secret, StartRequest, Subject, Timestamp, UserId,
    testing::{ManualClock, TestProvider},
};

use super::{NEW, OLD, OTHER, number, town};
use crate::world::brisk;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_removals_at_once_one_removes_the_number() {
    let town = Arc::new(town());
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            // Every other request comes without the cookie.
            let (town, alice, manage) = (town.clone(), alice.clone(), manage.clone().filter(|_| n % 2 == 0));
            tokio::spawn(
                async move { (n % 2, town.mfa.remove_number(&alice, manage.as_ref()).await.is_ok()) },
            )
        })
        .collect();
    let mut removed = [0, 0];
    for task in tasks {
        let (kind, done) = task.await.unwrap();
        removed[kind] += usize::from(done);
    }
    assert_eq!(removed, [1, 0]);
    assert_eq!(town.on_file("alice"), None);
    assert_eq!(town.events.text().matches("NumberRemoved").count(), 1);
}

#[tokio::test]
async fn a_thief_of_an_older_session_does_not_use_a_removal() {
    let town = town();
    let thief = town.signs_in("alice");
    town.clock.advance(Duration::from_secs(10 * 60));
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let code = town.code();
    town.mfa.remove_number(&alice, manage.as_ref()).await.unwrap();
    // A proposal from before the removal, in the session that may add a first number.
    assert!(town.confirm(&alice, &live, &code, manage.as_ref()).await.is_err());
    assert!(town.send(&alice, live.approval.unwrap(), None).await.is_err());
    assert!(town.propose(&thief, OTHER, None).await.is_err());
    assert!(town.propose(&thief, OTHER, manage.as_ref()).await.is_err());
    assert_eq!(town.on_file("alice"), None);
}

#[tokio::test]
async fn a_clock_that_is_set_back_opens_nothing() {
    let town = town();
    let (carol, alice) = (town.signs_in("carol"), town.signs_in("alice"));
    let live = town.enter(&carol, NEW, None).await;
    let code = town.code();
    let manage = town.manage(&alice).await;
    town.clock.set(town.clock.now() - Duration::from_secs(60 * 60));
    assert!(matches!(town.propose(&carol, OTHER, None).await, Err(EnrollError::Denied(_))));
    assert!(town.confirm(&carol, &live, &code, None).await.is_err());
    assert!(matches!(town.propose(&alice, NEW, manage.as_ref()).await, Err(EnrollError::Denied(_))));
    assert!(matches!(town.mfa.remove_number(&alice, manage.as_ref()).await, Err(EnrollError::Denied(_))));
    assert_eq!((town.on_file("carol"), town.on_file("alice").as_deref()), (None, Some(OLD)));
}

/// Two instances that share one store and one book. Alice may change her number, and waits for two new ones.
struct Shared {
    each: [Mfa; 2],
    book: MemoryNumberBook,
    alice: Subject,
    manage: Option<GrantToken>,
    entered: Vec<(LiveChallenge, Code)>,
}

impl Shared {
    async fn new() -> Self {
        let (provider, clock, book) = (TestProvider::new(), ManualClock::new(), MemoryNumberBook::new());
        book.set("alice", NumberOnFile::new(number(OLD), Timestamp::from_millis(0)));
        let store = Arc::new(MemoryStore::new());
        let engine = || {
            let builder = Mfa::builder(provider.clone(), "https://bank.example").scope("pay", "pay");
            let builder = builder.number_book(book.clone()).messaging_to(["US"]).policy(brisk());
            let builder = builder.clock(clock.clone()).store(store.clone());
            builder.secret(Secret::new([1; 32]).unwrap()).build().unwrap()
        };
        let each = [engine(), engine()];
        let code = || Code::parse(&provider.last_code().unwrap()).unwrap();
        let alice = Subject::cookie("alice", LoginId::random()).with_signed_in_at(clock.now());
        let request = StartRequest::new(Scope::MANAGE, Channel::Messaging);
        let live = each[0].start(&alice, request).await.unwrap();
        let manage = each[1].verify(&alice, &Scope::MANAGE, &live.id, &code()).await.unwrap().token;
        let mut entered = Vec::new();
        for (mfa, text) in each.iter().zip([NEW, OTHER]) {
            clock.advance(Duration::from_secs(30));
            let proposed = mfa.propose_number(&alice, text, manage.as_ref()).await.unwrap();
            let request = StartRequest::new(Scope::ENROLL, Channel::Messaging);
            let request = request.approval(proposed.approval).manage(manage.clone());
            entered.push((mfa.start(&alice, request).await.unwrap(), code()));
        }
        Self { each, book, alice, manage, entered }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_replacements_a_removal_and_a_sign_out_at_two_instances_at_most_one_changes_the_number() {
    for round in 0..50_u64 {
        let shared = Shared::new().await;
        let confirm = |at: usize| {
            let (mfa, alice, manage) = (shared.each[at].clone(), shared.alice.clone(), shared.manage.clone());
            let (live, code) = shared.entered[at].clone();
            tokio::spawn(
                async move { mfa.confirm_number(&alice, &live, &code, manage.as_ref()).await.is_ok() },
            )
        };
        let replaced = [confirm(0), confirm(1)];
        let (mfa, alice, manage) = (shared.each[0].clone(), shared.alice.clone(), shared.manage.clone());
        let removed = tokio::spawn(async move { mfa.remove_number(&alice, manage.as_ref()).await.is_ok() });
        tokio::time::sleep(Duration::from_micros(round * 20)).await;
        shared.each[1].sign_out(&shared.alice).await.unwrap();
        let [first, second] = replaced;
        let done = (first.await.unwrap(), second.await.unwrap(), removed.await.unwrap());
        let expected = match done {
            (true, false, false) => Some(NEW),
            (false, true, false) => Some(OTHER),
            (false, false, true) => None,
            (false, false, false) => Some(OLD),
            more => panic!("more than one grant was used: {more:?}"),
        };
        let on_file = shared.book.find(&UserId::from("alice"));
        assert_eq!(on_file.as_ref().map(|on_file| on_file.number.as_e164()), expected);
        let status = shared.each[0].status(shared.alice.user()).await.unwrap();
        assert!(status.grants.is_empty(), "{status:?}");
    }
}
