//! Events that only a Cluster has: a lost node, lost scripts on one node, and a moved slot.

use std::time::{Duration, Instant};

use mfakit::{
    MfaStore,
    store::{ConsumeOutcome, RedeemOutcome},
};
use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    kit::{NO_TIME, TestUser, live_challenge, many_sends, new_id, redeem, reserve_send},
    layout::documented_permissions,
    server::{Port, RedisCluster, RedisServer},
    verbs::every_verb,
};

#[tokio::test]
async fn every_verb_works_on_a_cluster_and_after_its_scripts_were_flushed() {
    let cluster = RedisCluster::start().await;
    let store = RedisStore::cluster(cluster.urls()).connect().await.unwrap();
    every_verb(&store).await;
    for node in cluster.nodes() {
        assert_ne!(node.cli(&["dbsize"]), "0", "every node is used");
        node.cli(&["script", "flush"]);
        node.cli(&["flushall"]);
    }
    every_verb(&store).await;
}

#[tokio::test]
async fn the_documented_permissions_suffice_on_a_cluster() {
    let cluster = RedisCluster::start().await;
    let permissions = format!("acl setuser mfakit {} +cluster|slots +asking", documented_permissions());
    let words: Vec<_> = permissions.split_whitespace().collect();
    for node in cluster.nodes() {
        assert_eq!(node.cli(&words), "OK", "{words:?}");
    }
    let with_user = |url: String| url.replace("redis://", "redis://mfakit:pw@");
    let store = RedisStore::cluster(cluster.urls().into_iter().map(with_user)).connect().await.unwrap();
    every_verb(&store).await;
}

#[tokio::test]
async fn a_lost_node_rejects_its_users_and_is_found_again() {
    let mut cluster = RedisCluster::start().await;
    // A healthy node answers faster, even on a busy machine.
    let timeout = Duration::from_secs(2);
    let store = RedisStore::cluster(cluster.urls()).timeout(timeout).connect().await.unwrap();
    every_verb(&store).await;
    let alice = TestUser::new("alice");
    let key = alice_key();
    let at = cluster.nodes().iter().position(|node| owns(node, &key)).unwrap();
    let node = &mut cluster.nodes_mut()[at];
    node.kill();
    for _ in 0..2 {
        let begun = Instant::now();
        store.grant(alice.key()).await.unwrap_err();
        reserve_send(&store, &alice, &new_id(), &many_sends()).await.unwrap_err();
        assert!(begun.elapsed() < 10 * timeout, "{:?}", begun.elapsed());
    }
    node.restart().await;
    let begun = Instant::now();
    while store.grant(alice.key()).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(90), "the node is found again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let challenge = live_challenge(&store, &alice).await;
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
}

#[tokio::test]
async fn slots_that_got_a_node_after_the_store_connected_are_found() {
    let bus = Port::reserve();
    let port = bus.number().to_string();
    let cluster = ["--cluster-enabled", "yes", "--cluster-port", &port, "--save", "", "--appendonly", "no"];
    let node = RedisServer::with(&cluster).await;
    let slot: u16 = node.cli(&["cluster", "keyslot", &alice_key()]).parse().unwrap();
    let other = if slot < 8192 { ("8192", "16383") } else { ("0", "8191") };
    let own = if slot < 8192 { ("0", "8191") } else { ("8192", "16383") };
    assert_eq!(node.cli(&["cluster", "addslotsrange", other.0, other.1]), "OK");
    let store = RedisStore::cluster([node.url()]).connect().await.unwrap();
    let alice = TestUser::new("alice");
    store.grant(alice.key()).await.unwrap_err();
    assert_eq!(node.cli(&["cluster", "addslotsrange", own.0, own.1]), "OK");
    let begun = Instant::now();
    while store.grant(alice.key()).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the slots are read again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    every_verb(&store).await;
}

#[tokio::test]
async fn the_urls_of_a_cluster_must_agree_on_tls_and_credentials() {
    for urls in [
        ["redis://127.0.0.1:1", "rediss://127.0.0.1:2"],
        ["rediss://127.0.0.1:1", "redis://127.0.0.1:2"],
        ["redis://one:pw@127.0.0.1:1", "redis://other:pw@127.0.0.1:2"],
        ["redis://127.0.0.1:1", "redis://other:pw@127.0.0.1:2"],
    ] {
        let error = RedisStore::cluster(urls).connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Url(_)), "{error}");
    }
    let only_the_first = ["redis://one:pw@127.0.0.1:1", "redis://127.0.0.1:2"];
    let error = RedisStore::cluster(only_the_first).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_slot_that_moves_is_followed() {
    let cluster = RedisCluster::start().await;
    let store = RedisStore::cluster(cluster.urls()).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    let key = alice_key();
    let slot = cluster.nodes()[0].cli(&["cluster", "keyslot", &key]);
    let from = cluster.nodes().iter().find(|node| owns(node, &key)).unwrap();
    let to = cluster.nodes().iter().find(|node| !owns(node, &key)).unwrap();
    let [from_id, to_id] = [from, to].map(|node| node.cli(&["cluster", "myid"]));
    assert_eq!(to.cli(&["cluster", "setslot", &slot, "importing", &from_id]), "OK");
    assert_eq!(from.cli(&["cluster", "setslot", &slot, "migrating", &to_id]), "OK");
    let keys = from.cli(&["cluster", "getkeysinslot", &slot, "10"]);
    let port = to.port().to_string();
    for key in keys.lines() {
        assert_eq!(from.cli(&["migrate", "127.0.0.1", &port, key, "0", "1000"]), "OK");
    }
    // The keys are on one node, and the slot still belongs to the other.
    let grant = store.grant(alice.key()).await.unwrap().unwrap();
    let challenge = live_challenge(&store, &alice).await;
    for node in [to, from] {
        assert_eq!(node.cli(&["cluster", "setslot", &slot, "node", &to_id]), "OK");
    }
    // Now the slot has moved.
    assert_eq!(store.grant(alice.key()).await.unwrap(), Some(grant.clone()));
    assert_eq!(store.consume(alice.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    let redeemed = redeem(&store, &alice, &challenge.id).await.unwrap();
    assert!(matches!(redeemed, RedeemOutcome::Granted(_)), "{redeemed:?}");
    assert_eq!(store.user_state(&alice.id, NO_TIME).await.unwrap().grants.len(), 1);
}

/// Returns the key of everything about `alice` except her grants.
pub(crate) fn alice_key() -> String {
    // SHA-256 of "mfakit user alice", from sha256sum.
    "mfakit:{4b67ad8590903874a24a06c7fde55092}:u".to_owned()
}

/// Returns whether a node has the slot of this key.
pub(crate) fn owns(node: &RedisServer, key: &str) -> bool {
    !node.cli(&["hgetall", key]).starts_with("MOVED")
}
