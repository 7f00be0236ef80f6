//! One whole ceremony on a single server and on a Cluster.

use std::time::Duration;

use mfakit::{
    Channel, Code, Decision, LoginId, Mfa, PhoneNumber, Requirement, Scope, Secret, StartRequest, Subject,
    UserId, testing::TestProvider,
};
use mfakit_redis::RedisStore;

use crate::server::{RedisCluster, RedisServer};

async fn ceremony(store: RedisStore) {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .secret(Secret::new([1; 32]).unwrap())
        .store(store)
        .build()
        .unwrap();
    let (alice, pay) = (Subject::cookie("alice", LoginId::random()), Scope::new("pay").unwrap());
    let started = mfa.start(&alice, StartRequest::new(pay, Channel::Messaging)).await.unwrap();
    // Thirty seconds by the server's clock, which runs meanwhile.
    let about = Duration::from_secs(10)..=Duration::from_secs(30);
    assert!(about.contains(&started.resend_in), "{:?}", started.resend_in);
    let code = Code::parse(&provider.last_code().unwrap()).unwrap();
    let verified = mfa.verify(&alice, &pay, &started.id, &code).await.unwrap();
    let (wanted, token) = (Requirement::new(pay), verified.token.as_ref());
    assert!(matches!(mfa.check(Some(&alice), &wanted, token).await.unwrap(), Decision::Granted(_)));
    assert_eq!(mfa.status(alice.user()).await.unwrap().grants.len(), 1);
    assert!(matches!(mfa.consume(Some(&alice), &wanted, token).await.unwrap(), Decision::Granted(_)));
    assert!(matches!(mfa.consume(Some(&alice), &wanted, token).await.unwrap(), Decision::Denied(_)));
}

#[tokio::test]
async fn a_whole_ceremony_on_a_single_server() {
    let server = RedisServer::start().await;
    ceremony(RedisStore::connect(server.url()).await.unwrap()).await;
}

#[tokio::test]
async fn a_whole_ceremony_on_a_cluster() {
    let cluster = RedisCluster::start().await;
    ceremony(RedisStore::cluster(cluster.urls()).connect().await.unwrap()).await;
}
