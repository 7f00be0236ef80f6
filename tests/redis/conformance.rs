//! The conformance suite, on two instances that share one Redis.

use std::sync::Arc;

use mfakit::{
    conformance::{self, Suite},
    testing::ManualClock,
};
use mfakit_redis::RedisStoreBuilder;

use crate::server::{RedisCluster, RedisServer};

async fn suite(builder: impl Fn() -> RedisStoreBuilder) -> Suite {
    let clock = ManualClock::new();
    let [one, other] = [builder().danger_clock(clock.clone()), builder().danger_clock(clock.clone())];
    Suite::new(Arc::new(one.connect().await.unwrap()), clock).handle(Arc::new(other.connect().await.unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_guarantee_is_kept_on_a_single_server() {
    let server = Arc::new(RedisServer::start().await);
    let counted = server.clone();
    let suite = suite(|| mfakit_redis::RedisStore::builder(server.url())).await;
    let keys = move || std::future::ready(counted.cli(&["dbsize"]).parse().unwrap());
    conformance::all(&suite.record_count(keys)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_guarantee_is_kept_on_a_cluster() {
    let cluster = RedisCluster::start().await;
    conformance::all(&suite(|| mfakit_redis::RedisStore::cluster(cluster.urls())).await).await;
}
