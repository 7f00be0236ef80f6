//! Redis Sentinel: the announced primary, and its successor after a failover.

use std::time::{Duration, Instant};

use mfakit::MfaStore;
use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    kit::{NO_TIME, TestUser, live_challenge},
    layout::documented_permissions,
    sentinel_server::{MAX_WAIT, Sentinel, wait},
    server::RedisServer,
    verbs::every_verb,
};

#[tokio::test]
async fn the_store_follows_a_failover() {
    let (primary, replica) = (RedisServer::start().await, RedisServer::start().await);
    assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &primary.port().to_string()]), "OK");
    let sentinel = Sentinel::start(&primary).await;
    // One of the sentinels is down.
    let sentinels = ["redis://127.0.0.1:1".to_owned(), sentinel.url()];
    let store = RedisStore::sentinel(sentinels, "redis://My-primary/0").connect().await.unwrap();
    every_verb(&store).await;
    let zoe = TestUser::new("zoe");
    let challenge = live_challenge(&store, &zoe).await;
    assert_eq!(primary.cli(&["wait", "1", "60000"]), "1");

    wait(|| sentinel.cli(&["sentinel", "failover", "My-primary"]) == "OK").await;
    wait(|| replica.cli(&["role"]).starts_with("master") && primary.cli(&["role"]).starts_with("slave"))
        .await;
    let begun = Instant::now();
    loop {
        // Each pass ends on the successor, or with an error while the former primary still answers.
        if let Ok(state) = store.user_state(&zoe.id, NO_TIME).await
            && store.release_send(&zoe.id, &challenge.id).await.is_ok()
        {
            assert_eq!(state.challenges.len(), 1, "{state:?}");
            break;
        }
        assert!(begun.elapsed() < MAX_WAIT, "the store finds the successor");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(replica.cli(&["flushall"]), "OK");
    every_verb(&store).await;
}

#[tokio::test]
async fn the_documented_permissions_suffice_with_sentinel() {
    let primary = RedisServer::start().await;
    let sentinel = Sentinel::start(&primary).await;
    let permissions = format!("acl setuser mfakit {} +role", documented_permissions());
    assert_eq!(primary.cli(&permissions.split_whitespace().collect::<Vec<_>>()), "OK");
    let url = "redis://mfakit:pw@My-primary";
    every_verb(&RedisStore::sentinel([sentinel.url()], url).connect().await.unwrap()).await;
}

#[tokio::test]
async fn a_server_that_is_no_primary_and_an_unknown_name_are_rejected() {
    let primary = RedisServer::start().await;
    let sentinel = Sentinel::start(&primary).await;
    let unknown = RedisStore::sentinel([sentinel.url()], "redis://another").connect().await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Url(_)), "{unknown:?}");
    let none = RedisStore::sentinel([""; 0], "redis://My-primary").connect().await.unwrap_err();
    assert!(matches!(none, ConnectError::Url(_)), "{none:?}");
    assert_eq!(primary.cli(&["replicaof", "127.0.0.1", "1"]), "OK");
    let replica = RedisStore::sentinel([sentinel.url()], "redis://My-primary").connect().await.unwrap_err();
    assert!(matches!(replica, ConnectError::Unreachable(_)), "{replica:?}");
}
