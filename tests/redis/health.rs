//! The health of an app on Redis: it can be reached, and its clock is that of the server.

use std::time::Duration;

use mfakit::{Mfa, PhoneNumber, Secret, UserId, health::HealthStatus, testing::TestProvider};
use mfakit_redis::RedisStore;

use crate::server::{RedisCluster, RedisServer};

fn engine(store: RedisStore) -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .secret(Secret::new([1; 32]).unwrap())
        .store(store)
        .build()
        .unwrap()
}

async fn assert_well(mfa: &Mfa) {
    let health = mfa.health().await;
    assert_eq!(health.status(), HealthStatus::Ok, "{health}");
    let offset = health.store_clock_offset().expect("the server tells its time");
    assert!(offset.abs() < Duration::from_secs(2), "{offset}");
}

#[tokio::test]
async fn a_single_server_is_probed_with_its_clock() {
    let server = RedisServer::start().await;
    let mfa = engine(RedisStore::connect(server.url()).await.unwrap());
    assert_well(&mfa).await;
    drop(server);
    let health = mfa.health().await;
    assert_eq!(health.check("store").unwrap().status, HealthStatus::Failed, "{health}");
    assert!(health.is_ready(), "a shared store is down for all instances");
}

#[tokio::test]
async fn a_cluster_is_probed_with_the_clock_of_a_node() {
    let cluster = RedisCluster::start().await;
    assert_well(&engine(RedisStore::cluster(cluster.urls()).connect().await.unwrap())).await;
}
