//! Connections of the app, and a Unix socket.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mfakit::MfaStore;
use mfakit_redis::{ConnectError, RedisStore};
use redis::{Client, RedisError, RedisResult, aio::MultiplexedConnection};

use crate::{kit::TestUser, server::RedisServer, verbs::every_verb};

/// Pool that opens a connection for each command, and counts them.
#[derive(Clone)]
struct Pool {
    client: Client,
    taken: Arc<AtomicUsize>,
}

impl Pool {
    fn of(server: &RedisServer) -> Self {
        Self { client: Client::open(server.url()).unwrap(), taken: Arc::default() }
    }

    async fn get(&self) -> RedisResult<MultiplexedConnection> {
        self.taken.fetch_add(1, Ordering::Relaxed);
        self.client.get_multiplexed_async_connection().await
    }
}

#[tokio::test]
async fn every_verb_works_on_a_connection_of_the_app() {
    let server = RedisServer::start().await;
    let connection = Pool::of(&server).get().await.unwrap();
    let store = RedisStore::with_connection(connection).prefix("own").connect().await.unwrap();
    every_verb(&store).await;
    assert!(server.cli(&["keys", "own:*"]).lines().count() > 1);
}

#[tokio::test]
async fn every_verb_takes_a_connection_from_the_pool_of_the_app() {
    let server = RedisServer::start().await;
    let pool = Pool::of(&server);
    let take = async |pool: Pool| pool.get().await;
    let store = RedisStore::with_pool(pool.clone(), take).connect().await.unwrap();
    every_verb(&store).await;
    let before = pool.taken.load(Ordering::Relaxed);
    store.grant(TestUser::new("alice").key()).await.unwrap();
    assert_eq!(pool.taken.load(Ordering::Relaxed), before + 1);
}

#[tokio::test]
async fn an_error_of_the_pool_is_an_error_of_the_store() {
    let server = RedisServer::start().await;
    let take =
        async |_: Pool| Err::<MultiplexedConnection, RedisError>(std::io::Error::other("empty").into());
    let error = RedisStore::with_pool(Pool::of(&server), take).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_connection_of_the_app_that_hangs_is_given_up() {
    let server = RedisServer::start().await;
    let pool = Pool::of(&server);
    let timeout = Duration::from_secs(1);
    // The app's own connection waits for as long as it takes.
    let take = async |pool: Pool| {
        let mut connection = pool.get().await?;
        connection.set_response_timeout(Duration::from_secs(3600));
        Ok::<_, RedisError>(connection)
    };
    let store = RedisStore::with_pool(pool, take).timeout(timeout).connect().await.unwrap();
    server.pause();
    let begun = Instant::now();
    store.grant(TestUser::new("alice").key()).await.unwrap_err();
    assert!(begun.elapsed() < 20 * timeout, "{:?}", begun.elapsed());
    server.resume();
}

#[cfg(unix)]
#[tokio::test]
async fn every_verb_works_through_a_unix_socket() {
    let socket = std::env::temp_dir().join(format!("mfakit-redis-{}.sock", std::process::id()));
    let path = socket.to_str().unwrap();
    let server = RedisServer::with(&["--save", "", "--unixsocket", path, "--requirepass", "pw"]).await;
    let unix = |url: String| async move { RedisStore::connect(url).await };
    every_verb(&unix(format!("redis+unix://{path}?pass=pw")).await.unwrap()).await;
    let wrong = unix(format!("unix://{path}?pass=wrong")).await.unwrap_err();
    assert!(matches!(wrong, ConnectError::Credentials(_)), "{wrong:?}");
    drop(server);
    let _ = std::fs::remove_file(socket);
}
