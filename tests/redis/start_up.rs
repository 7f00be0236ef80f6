//! Warnings about the server's configuration when the store connects.

use std::time::Duration;

use mfakit_redis::{RedisStore, RedisStoreBuilder};

use crate::{
    logged,
    replicas::replica_of,
    server::{RedisCluster, RedisServer},
};

async fn log_of(url: String) -> String {
    log_of_store(RedisStore::builder(url)).await
}

async fn log_of_store(builder: RedisStoreBuilder) -> String {
    logged::log_of(async {
        builder.connect().await.unwrap();
    })
    .await
}

#[tokio::test]
async fn a_server_that_may_lose_records_causes_warnings_and_another_does_not() {
    let good = RedisServer::persistent().await;
    assert_eq!(log_of(good.url()).await, "");

    // A name of this machine that does not look like a local one.
    let log = log_of(good.url().replace("127.0.0.1", "127.1")).await;
    assert!(log.contains("rediss://") && log.lines().count() == 1, "{log}");

    let evicting = RedisServer::with(&["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"]).await;
    let log = log_of(evicting.url()).await;
    assert!(log.contains("WARN mfakit") && log.lines().count() == 2, "{log}");
    assert!(log.contains("noeviction") && log.contains("appendonly"), "{log}");

    // Almost every key expires some time, so a policy for those keys alone evicts as much.
    for policy in
        ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lfu", "allkeys-random"]
    {
        good.cli(&["config", "set", "maxmemory-policy", policy]);
        let log = log_of(good.url()).await;
        assert!(log.contains("noeviction") && log.lines().count() == 1, "{policy}: {log}");
    }
    good.cli(&["config", "set", "maxmemory-policy", "noeviction"]);

    good.cli(&["replicaof", "127.0.0.1", "1"]);
    let log = log_of(good.url()).await;
    assert!(log.contains("replica") && log.lines().count() == 1, "{log}");

    let rules = ["on", ">pw", "~mfakit:*", "+ping", "+hget", "+eval", "+evalsha"];
    let words = [&["acl", "setuser", "blind"] as &[_], &rules].concat();
    assert_eq!(evicting.cli(&words), "OK");
    let log = log_of(format!("redis://blind:pw@127.0.0.1:{}", evicting.port())).await;
    assert_eq!(log, "", "a user without the permission gets no warning");
}

#[tokio::test]
async fn replicas_that_the_store_waits_for_and_the_permission_to_wait_are_checked() {
    let primary = RedisServer::persistent().await;
    let waiting = |url: String| RedisStore::builder(url).wait_for_replicas(1, Duration::from_millis(500));
    let log = log_of_store(waiting(primary.url())).await;
    assert!(log.contains("fewer replicas") && log.lines().count() == 1, "{log}");
    let _replica = replica_of(&primary).await;
    assert_eq!(log_of_store(waiting(primary.url())).await, "");
    let rules = ["on", ">pw", "~mfakit:*", "+ping", "+info", "+time"];
    assert_eq!(primary.cli(&[&["acl", "setuser", "hasty"] as &[_], &rules].concat()), "OK");
    let log = log_of_store(waiting(primary.url().replace("redis://", "redis://hasty:pw@"))).await;
    assert!(log.contains("+wait") && log.lines().count() == 1, "{log}");
}

#[tokio::test]
async fn every_node_of_a_cluster_is_checked() {
    let persistent = &["--appendonly", "yes"] as &[_];
    for wrong in 0..3 {
        let mut options = [persistent; 3];
        options[wrong] = &["--appendonly", "yes", "--maxmemory-policy", "volatile-lru"];
        let cluster = RedisCluster::with(options).await;
        let log = log_of_store(RedisStore::cluster(cluster.urls())).await;
        assert!(log.contains("noeviction") && log.lines().count() == 1, "{wrong}: {log}");
    }
}
