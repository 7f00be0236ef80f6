//! The memory store is bounded, and forgets nothing that lives.

use std::{io, sync::Arc, time::Duration};

use mfakit_core::{
    Channel, Clock, Code, Decision, LoginId, MemoryStore, Mfa, PhoneNumber, Requirement, Scope, StartError,
    StartRequest, Subject, UserId,
    adapter::MfaExt as _,
    testing::{ManualClock, TestProvider},
};

#[tokio::test]
async fn a_full_store_refuses_new_users_keeps_the_old_and_makes_room_when_they_end() {
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
    assert_eq!(provider.sends(), 2, "the provider hears nothing of what the store refuses");

    // Those who are in stay in, and may go on.
    let granted = mfa.check(Some(&alice), &Requirement::new(pay), verified.token.as_ref()).await.unwrap();
    assert!(matches!(granted, Decision::Granted(_)));
    assert!(mfa.situation(&bob, &Requirement::new(pay), None).await.unwrap().live.is_some());

    // What has ended makes room.
    clock.advance(Duration::from_hours(2));
    assert!(start(carol).await.is_ok());
}

#[tokio::test]
async fn whoever_asks_a_full_store_again_and_again_is_served_when_there_is_room() {
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
        assert!(clock.now().since(begun) < Duration::from_hours(2), "alice's record ends after an hour");
    }
}

#[tokio::test]
async fn what_is_only_remembered_gives_way_where_counting_needs_room() {
    let (provider, clock, store) =
        (TestProvider::new(), ManualClock::new(), Arc::new(MemoryStore::with_capacity(20)));
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        // The `n`th user has a number in a block of their own.
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
        let live = live.unwrap_or_else(|refused| panic!("user {n}: {refused:?}"));
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let verified = mfa.verify(&subject, &pay, &live.id, &code).await;
        assert!(verified.is_ok(), "{verified:?}");
        // Everything counted before has ended; the completions are still remembered.
        clock.advance(Duration::from_hours(25));
        // The capacity for users and for grants, and three times that for budgets.
        assert!(store.records() <= 5 * 20, "{store:?}");
    }
}
