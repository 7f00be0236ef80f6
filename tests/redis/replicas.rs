//! The store that waits for replicas.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::join_all};
use mfakit::{
    MfaStore,
    policy::Limit,
    store::{Budget, ConsumeOutcome, ReserveBudget, Revocation, StoreError},
};
use mfakit_redis::{ConnectError, RedisStore, RedisStoreBuilder};

use crate::{
    kit::{NO_TIME, TestUser, attempt, granted, live_challenge, many_sends, new_id, redeem, reserve_send},
    layout::documented_permissions,
    sentinel_server::{MAX_WAIT, wait},
    server::RedisServer,
    verbs::every_verb,
};

/// Longest time that can be set. A replica that runs acknowledges sooner, even on a busy machine.
const LONG: Duration = Duration::from_millis(1500);

fn waiting(server: &RedisServer, replicas: u32, time: Duration) -> RedisStoreBuilder {
    let builder = RedisStore::builder(server.url()).timeout(Duration::from_secs(3));
    builder.wait_for_replicas(replicas, time)
}

/// Starts a replica, and waits until it follows the primary.
pub(crate) async fn replica_of(primary: &RedisServer) -> RedisServer {
    let replica = RedisServer::start().await;
    assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &primary.port().to_string()]), "OK");
    follows(&replica, primary, "first").await;
    replica
}

/// Waits until writes of an empty primary reach its replica. After the first copy, a primary may send nothing for a second.
pub(crate) async fn follows(replica: &RedisServer, primary: &RedisServer, key: &str) {
    assert_eq!(primary.cli(&["set", key, ""]), "OK");
    wait(|| replica.cli(&["dbsize"]) == "1").await;
    assert_eq!(primary.cli(&["del", key]), "1");
    wait(|| replica.cli(&["dbsize"]) == "0").await;
}

fn expect_too_few<T: std::fmt::Debug>(verb: &str, result: Result<T, StoreError>) {
    let error = result.expect_err(verb).to_string();
    let cause = "too few replicas of Redis have acknowledged the write in time";
    assert_eq!(error, format!("the store failed: {cause}"), "{verb}");
}

pub(crate) async fn until_ok<T, E>(mut verb: impl AsyncFnMut() -> Result<T, E>) -> T {
    let begun = Instant::now();
    loop {
        match verb().await {
            Ok(result) => return result,
            Err(_) => assert!(begun.elapsed() < MAX_WAIT, "the store recovers"),
        }
    }
}

#[tokio::test]
async fn every_verb_works_with_replicas_that_acknowledge() {
    let primary = RedisServer::start().await;
    let replicas = [replica_of(&primary).await, replica_of(&primary).await];
    every_verb(&waiting(&primary, 2, LONG).connect().await.unwrap()).await;
    for replica in &replicas {
        assert_eq!(replica.cli(&["dbsize"]), primary.cli(&["dbsize"]));
    }
}

#[tokio::test]
async fn a_verb_that_too_few_replicas_acknowledge_is_an_error_and_what_it_did_stays() {
    let primary = RedisServer::start().await;
    let replica = replica_of(&primary).await;
    let store = waiting(&primary, 1, Duration::from_millis(50)).connect().await.unwrap();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(TestUser::new);
    let without = RedisStore::connect(primary.url()).await.unwrap();
    let (of_alice, of_bob) = (granted(&without, &alice).await, live_challenge(&without, &bob).await);
    let _ = granted(&without, &carol).await;
    replica.pause();

    let begun = Instant::now();
    expect_too_few("consume", store.consume(alice.key(), &of_alice, NO_TIME).await);
    expect_too_few("reserve_attempt", attempt(&store, &bob, &of_bob.id).await);
    let state = store.user_state(&bob.id, NO_TIME).await.unwrap();
    assert_eq!(state.failures, 1, "the attempt is counted");
    expect_too_few("redeem", redeem(&store, &bob, &of_bob.id).await);
    let id = new_id();
    expect_too_few("reserve_send", reserve_send(&store, &alice, &id, &many_sends()).await);
    store.release_send(&alice.id, &id).await.unwrap();
    let (budget, limits) = (Budget::Number([1; 32]), [Limit::new(1, Duration::from_secs(60))]);
    let request = ReserveBudget::new(&budget, &id, &[1; 32], &limits, NO_TIME);
    expect_too_few("reserve_budget", store.reserve_budget(request).await);
    expect_too_few("revoke", store.revoke(&carol.id, Revocation::User).await);
    // The time is that of a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(store.grant(alice.key()).await.unwrap(), None, "it is consumed");
    assert!(store.grant(bob.key()).await.unwrap().is_some(), "it is made");
    assert_eq!(store.grant(carol.key()).await.unwrap(), None, "it is revoked");
    assert!(store.exhausted_until(&budget, &limits, NO_TIME).await.unwrap().is_some(), "it is counted");

    replica.resume();
    let again = until_ok(async || store.consume(alice.key(), &of_alice, NO_TIME).await).await;
    assert_eq!(again, ConsumeOutcome::Gone);
}

#[tokio::test]
async fn a_guard_does_not_wait_for_replicas() {
    let primary = RedisServer::start().await;
    let replica = replica_of(&primary).await;
    let store = Arc::new(waiting(&primary, 1, LONG).connect().await.unwrap());
    let alice = TestUser::new("alice");
    let _ = granted(&store, &alice).await;
    replica.pause();
    // On a busy machine, a read can take longer than a write may wait.
    let mut tries = 0..5;
    while tries.next().is_some() {
        let (writing, user) = (store.clone(), TestUser::new("bob"));
        let waits = tokio::spawn(async move {
            reserve_send(&writing, &user, &new_id(), &many_sends()).await.unwrap_err()
        });
        wait(|| waits.is_finished() || is_waiting(&primary)).await;
        assert!(store.grant(alice.key()).await.unwrap().is_some());
        // An answer that has arrived reaches its task.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        if !waits.is_finished() {
            break;
        }
    }
    assert!(!tries.is_empty(), "the guard waits for the replica");
    replica.resume();
}

/// Returns whether a client waits for replicas.
fn is_waiting(server: &RedisServer) -> bool {
    let clients = server.cli(&["client", "list"]);
    clients.lines().any(|client| client.contains(" flags=b ") && client.contains(" cmd=wait "))
}

#[tokio::test]
async fn writes_that_are_sent_together_share_one_wait() {
    let primary = RedisServer::start().await;
    let _replica = replica_of(&primary).await;
    let store = waiting(&primary, 1, LONG).connect().await.unwrap();
    let users: Vec<_> = (0..100).map(|number| TestUser::new(&format!("user-{number}"))).collect();
    let sends = || {
        join_all(users.iter().map(async |user| {
            let _ = reserve_send(&store, user, &new_id(), &many_sends()).await.unwrap();
        }))
    };
    sends().await;
    assert_eq!(primary.cli(&["config", "resetstat"]), "OK");
    sends().await;
    let stats = primary.cli(&["info", "commandstats"]);
    assert!(
        stats.contains("cmdstat_wait:calls=1,") && stats.contains("cmdstat_evalsha:calls=100,"),
        "{stats}"
    );
}

/// Connections and tasks end with the runtime in which they began.
#[test]
fn the_store_outlives_the_runtime_that_waited() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let (primary, replica, store) = first.block_on(async {
        let primary = RedisServer::start().await;
        let replica = replica_of(&primary).await;
        let store = waiting(&primary, 1, LONG).connect().await.unwrap();
        (primary, replica, store)
    });
    let alice = TestUser::new("alice");
    replica.pause();
    first.block_on(async {
        let (id, rule) = (new_id(), many_sends());
        assert!(reserve_send(&store, &alice, &id, &rule).now_or_never().is_none());
    });
    drop(first);
    replica.resume();
    let _ =
        runtime().block_on(until_ok(async || reserve_send(&store, &alice, &new_id(), &many_sends()).await));
    drop(primary);
}

#[tokio::test]
async fn a_wait_that_cannot_be_kept_is_rejected() {
    let primary = RedisServer::start().await;
    let builder = || RedisStore::builder(primary.url()).timeout(Duration::from_secs(1));
    for (replicas, time) in [(0, 500), (1, 0), (1, 501)] {
        let error = builder().wait_for_replicas(replicas, Duration::from_millis(time)).connect().await;
        assert!(matches!(error, Err(ConnectError::Replicas)), "{replicas}, {time} ms: {error:?}");
    }
    builder().wait_for_replicas(1, Duration::from_millis(500)).connect().await.unwrap();
    let client = redis::Client::open(primary.url()).unwrap();
    let own = RedisStore::with_connection(client.get_multiplexed_async_connection().await.unwrap());
    let error = own.wait_for_replicas(1, Duration::from_millis(500)).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::ReplicasOfOwn), "{error:?}");
}

#[tokio::test]
async fn the_documented_permissions_suffice_to_wait() {
    let primary = RedisServer::start().await;
    let _replica = replica_of(&primary).await;
    let permissions = format!("acl setuser mfakit {} +wait", documented_permissions());
    assert_eq!(primary.cli(&permissions.split_whitespace().collect::<Vec<_>>()), "OK");
    let url = primary.url().replace("redis://", "redis://mfakit:pw@");
    let builder = RedisStore::builder(url).timeout(Duration::from_secs(3));
    every_verb(&builder.wait_for_replicas(1, LONG).connect().await.unwrap()).await;
}
