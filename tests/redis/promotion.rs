//! Promotion of a replica: the store finds the new primary, and what the former one still accepts.

use std::time::Duration;

use mfakit::{
    MfaStore,
    store::{AttemptReservation, ConsumeOutcome},
};
use mfakit_redis::{RedisStore, RedisStoreBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    cluster::{alice_key, owns},
    kit::{NO_TIME, TestUser, attempt, granted, live_challenge, many_sends, new_id, reserve_send},
    replicas::{follows, replica_of, until_ok},
    sentinel_server::{Sentinel, wait},
    server::{Port, RedisCluster, RedisServer},
    tls::Identity,
    verbs::every_verb,
};

fn by(sentinel: &Sentinel) -> RedisStoreBuilder {
    RedisStore::sentinel([sentinel.url()], "redis://My-primary/0").timeout(Duration::from_secs(3))
}

/// A primary that hung, its successor, and a sentinel that knows of it, and then hangs itself. The primary continues.
async fn former_and_successor(primary: &RedisServer, replica: &RedisServer, sentinel: &Sentinel) {
    primary.pause();
    sentinel.promote(replica).await;
    // Otherwise it would demote the former primary at some time.
    sentinel.pause();
    primary.resume();
    assert!(primary.cli(&["role"]).starts_with("master"));
}

#[tokio::test]
async fn a_demoted_primary_rejects_a_write_and_the_next_one_finds_its_successor() {
    let primary = RedisServer::start().await;
    let replica = replica_of(&primary).await;
    let sentinel = Sentinel::start(&primary).await;
    let store = by(&sentinel).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    wait(|| replica.cli(&["dbsize"]) == "1").await;

    former_and_successor(&primary, &replica, &sentinel).await;
    assert_eq!(primary.cli(&["replicaof", "127.0.0.1", &replica.port().to_string()]), "OK");
    let error = attempt(&store, &alice, &challenge.id).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: this Redis is a read-only replica");
    sentinel.resume();
    let tried = until_ok(async || attempt(&store, &alice, &challenge.id).await).await;
    assert!(matches!(tried, AttemptReservation::Reserved { failures: 1, .. }), "{tried:?}");
    assert_eq!(replica.cli(&["flushall"]), "OK");
    every_verb(&store).await;
}

/// An instance that made no call meanwhile is still connected to the former primary.
#[tokio::test]
async fn a_use_that_only_a_former_primary_knows_passes_twice_unless_the_store_waits_for_a_replica() {
    for waits in [false, true] {
        let primary = RedisServer::start().await;
        let replica = replica_of(&primary).await;
        let sentinel = Sentinel::start(&primary).await;
        let builder = || match waits {
            true => by(&sentinel).wait_for_replicas(1, Duration::from_millis(1500)),
            false => by(&sentinel),
        };
        let store = builder().connect().await.unwrap();
        let alice = TestUser::new("alice");
        let grant = granted(&store, &alice).await;
        wait(|| replica.cli(&["dbsize"]) == primary.cli(&["dbsize"])).await;

        former_and_successor(&primary, &replica, &sentinel).await;
        let used = store.consume(alice.key(), &grant, NO_TIME).await;
        match waits {
            true => assert!(used.unwrap_err().to_string().contains("too few replicas")),
            false => assert_eq!(used.unwrap(), ConsumeOutcome::Consumed),
        }
        sentinel.resume();
        let another = by(&sentinel).connect().await.unwrap();
        let used = another.consume(alice.key(), &grant, NO_TIME).await.unwrap();
        assert_eq!(used, ConsumeOutcome::Consumed, "the successor does not know of the first use");
    }
}

/// Sentinel that names one server at first, and then always another.
async fn changing_sentinel(first: u16, then: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut port = first;
        loop {
            let (mut client, _): (TcpStream, _) = listener.accept().await.unwrap();
            let mut question = vec![0; 1024];
            while let Ok(1..) = client.read(&mut question).await {
                let text = port.to_string();
                let answer = format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{text}\r\n", text.len());
                client.write_all(answer.as_bytes()).await.unwrap();
                port = then;
            }
        }
    });
    url
}

/// A primary that hangs when the store connects continues after its successor was promoted.
#[tokio::test]
async fn a_primary_that_was_replaced_while_the_store_connected_is_not_used() {
    let (former, successor) = (RedisServer::start().await, RedisServer::start().await);
    let sentinel = changing_sentinel(former.port(), successor.port()).await;
    let store = RedisStore::sentinel([sentinel], "redis://My-primary/0").connect().await.unwrap();
    let _ = live_challenge(&store, &TestUser::new("alice")).await;
    assert_eq!((former.cli(&["dbsize"]), successor.cli(&["dbsize"])), ("0".to_owned(), "1".to_owned()));
}

/// Promotes a replica in a Cluster whose nodes have these options, and returns the former primary as its replica.
async fn follows_a_promotion_in_a_cluster(
    options: [&[&str]; 4],
    store: impl Fn(&RedisCluster) -> RedisStoreBuilder,
    waits: bool,
) {
    let [first, second, third, additional] = options;
    let mut cluster = RedisCluster::with([first, second, third]).await;
    let at = cluster.nodes().iter().position(|node| owns(node, &alice_key())).unwrap();
    let (replica, _bus) = cluster.replica_of(at, additional).await;
    follows(&replica, &cluster.nodes()[at], &alice_key()).await;
    let builder = store(&cluster).timeout(Duration::from_secs(3));
    let store = builder.connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    wait(|| replica.cli(&["dbsize"]) == "1").await;

    cluster.nodes_mut()[at].kill();
    store.grant(alice.key()).await.unwrap_err();
    assert_eq!(replica.cli(&["cluster", "failover", "takeover"]), "OK");
    let state = until_ok(async || store.user_state(&alice.id, NO_TIME).await).await;
    assert_eq!(state.challenges.len(), 1, "{state:?}");
    if waits {
        let error = attempt(&store, &alice, &challenge.id).await.unwrap_err();
        assert!(error.to_string().contains("too few replicas"), "{error}");
    }
    // It learns from the others that it was replaced.
    cluster.nodes_mut()[at].restart().await;
    wait(|| cluster.nodes()[at].cli(&["role"]).starts_with("slave")).await;
    let tried = until_ok(async || attempt(&store, &alice, &challenge.id).await).await;
    assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
    let _ = until_ok(async || reserve_send(&store, &alice, &new_id(), &many_sends()).await).await;
}

#[tokio::test]
async fn the_store_follows_a_promotion_in_a_cluster() {
    let plain = |cluster: &RedisCluster| RedisStore::cluster(cluster.urls());
    follows_a_promotion_in_a_cluster([&[]; 4], plain, false).await;
}

#[tokio::test]
async fn the_store_that_waits_for_a_replica_follows_a_promotion_in_a_cluster_by_tls() {
    let server = Identity::new("promoted");
    let reserved = [(); 4].map(|()| Port::reserve());
    let ports = reserved.each_ref().map(|port| port.number().to_string());
    let bus = ["--tls-cluster", "yes", "--tls-replication", "yes", "--tls-ca-cert-file", &server.certificate];
    let options = ports
        .each_ref()
        .map(|port| [&server.options(port) as &[_], &["--tls-auth-clients", "no"], &bus].concat());
    let store = |_: &RedisCluster| {
        let urls = ports.iter().take(3).map(|port| format!("rediss://127.0.0.1:{port}"));
        let builder = RedisStore::cluster(urls).certificate_authorities(server.made.cert.pem());
        // A replica in a Cluster acknowledges as one elsewhere.
        builder.wait_for_replicas(1, Duration::from_millis(1500))
    };
    follows_a_promotion_in_a_cluster(options.each_ref().map(Vec::as_slice), store, true).await;
}
