//! A suite of an app with its own Redis, run twice on the same server. Shown in `docs/testing.md`.

use std::time::Duration;

use mfakit::{
    Channel, Code, LoginId, Mfa, PhoneNumber, Policy, Scope, Secret, StartRequest, Subject, UserId,
    testing::{ManualClock, TestProvider},
};
use mfakit_redis::RedisStore;

use crate::server::RedisServer;

async fn mfa(redis_url: &str, provider: TestProvider, clock: &ManualClock) -> Mfa {
    let store = RedisStore::builder(redis_url).danger_clock(clock.clone()).connect().await.unwrap();
    Mfa::builder(provider, "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .store(store)
        .secret(Secret::new([1; 32]).unwrap())
        .clock(clock.clone())
        .policy(Policy::for_tests())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_suite_that_runs_twice_on_one_redis_never_waits() {
    let server = RedisServer::start().await;
    let transfer = Scope::new("transfer").unwrap();
    for run in 0..2 {
        let (provider, clock) = (TestProvider::new(), ManualClock::new());
        let mfa = mfa(&server.url(), provider.clone(), &clock).await;
        for test in 0..15 {
            let alice = Subject::cookie("alice", LoginId::random());
            let started = mfa.start(&alice, StartRequest::new(transfer, Channel::Messaging)).await;
            let challenge = started.unwrap_or_else(|error| panic!("run {run}, test {test}: {error}"));
            let code = Code::parse(&provider.last_code().unwrap()).unwrap();
            let _verified = mfa.verify(&alice, &transfer, &challenge.id, &code).await.unwrap();
        }
        mfa.testing().grant_user("alice", "transfer");
        clock.advance(Duration::from_secs(1));
    }
}
