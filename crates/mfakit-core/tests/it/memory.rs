//! The memory store is bounded, and keeps every live record.

use std::{io, sync::Arc, time::Duration};

use mfakit_core::{
    Channel, Clock, Code, Decision, LoginId, MemoryStore, Mfa, PhoneNumber, Requirement, Scope, StartError,
    StartRequest, Subject, UserId,
    adapter::MfaExt as _,
    testing::{ManualClock, TestProvider},
};

#[tokio::test]
async fn a_full_store_rejects_new_users_keeps_the_old_and_makes_room_when_they_expire() {
    let (provider, clock) = (TestProvider::new(), ManualClock::new());
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| Ok::<_, io::Error>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .store(MemoryStore::with_capacity(2))
        .clock(clock.clone())
        .build()
        .unwrap();
    let pay = Scope::new("pay").unwrap();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|user| Subject::cookie(user, LoginId::random()));
    let start = |subject: Subject| {
        let mfa = mfa.clone();
        async move { mfa.start(&subject, StartRequest::new(pay, Channel::Messaging)).await }
    };

    let challenge = start(alice.clone()).await.unwrap();
    let code = Code::parse(&provider.last_code().unwrap()).unwrap();
    let verified = mfa.verify(&alice, &pay, &challenge.id, &code).await.unwrap();
    let _live = start(bob.clone()).await.unwrap();
    assert!(matches!(start(carol.clone()).await, Err(StartError::Unavailable)));
    assert_eq!(provider.sends(), 2, "the provider is not called for a start that the store rejects");

    // Grants and challenges of earlier users stay valid.
    let granted = mfa.check(Some(&alice), &Requirement::new(pay), verified.token.as_ref()).await.unwrap();
    assert!(matches!(granted, Decision::Granted(_)));
    assert!(mfa.situation(&bob, &Requirement::new(pay), None).await.unwrap().live.is_some());

    // Expired records make room.
    clock.advance(Duration::from_secs(2 * 60 * 60));
    assert!(start(carol).await.is_ok());
}

#[tokio::test]
async fn retries_on_a_full_store_succeed_once_there_is_room() {
    let clock = ManualClock::new();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| Ok::<_, io::Error>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .store(MemoryStore::with_capacity(1))
        .clock(clock.clone())
        .build()
        .unwrap();
    let pay = Scope::new("pay").unwrap();
    let [alice, bob] = ["alice", "bob"].map(|user| Subject::cookie(user, LoginId::random()));
    let _live = mfa.start(&alice, StartRequest::new(pay, Channel::Messaging)).await.unwrap();
    let begun = clock.now();
    while mfa.start(&bob, StartRequest::new(pay, Channel::Messaging)).await.is_err() {
        clock.advance(Duration::from_millis(900));
        assert!(
            clock.now().since(begun) < Duration::from_secs(2 * 60 * 60),
            "alice's record ends after an hour"
        );
    }
}

#[tokio::test]
async fn remembered_completions_give_way_when_counting_needs_room() {
    // After an hour, the counts of the numbers live. After a day, they are only remembered.
    for hours in [1, 25] {
        users_one_after_the_other(Duration::from_secs(hours * 60 * 60 + 100)).await;
    }
}

async fn users_one_after_the_other(apart: Duration) {
    let (provider, clock, store) =
        (TestProvider::new(), ManualClock::new(), Arc::new(MemoryStore::with_capacity(20)));
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        // Each user has a number in a separate block.
        .directory(async |user: UserId| {
            let n: u64 = user.as_str().parse().unwrap();
            Ok::<_, io::Error>(PhoneNumber::new(format!("+1{}", 2_015_550_100 + n * 10_000)).ok())
        })
        .messaging_to(["US"])
        .store(store.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    let pay = Scope::new("pay").unwrap();
    for n in 0..200 {
        let subject = Subject::cookie(n.to_string(), LoginId::random());
        let live = mfa.start(&subject, StartRequest::new(pay, Channel::Messaging)).await;
        let live = live.unwrap_or_else(|rejected| panic!("user {n}: {rejected:?}"));
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let verified = mfa.verify(&subject, &pay, &live.id, &code).await;
        assert!(verified.is_ok(), "{verified:?}");
        clock.advance(apart);
        // The capacity for users and for grants, and three times that for budgets.
        assert!(store.records() <= 5 * 20, "{store:?}");
    }
}
