//! A server that dies or stops.

use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;

use crate::{server::PostgresServer, stores::builder};

#[tokio::test]
async fn a_server_that_is_paused_or_down_is_an_error_in_time_and_recovers_by_itself() {
    let mut server = PostgresServer::with(&["fsync=off"]).await;
    // One connection, so that a connection that hangs leaves none.
    let pool = PgPoolOptions::new().max_connections(1).connect_with(server.options()).await.unwrap();
    let limit = Duration::from_millis(500);
    let store = || builder(&pool).timeout(limit);
    store().migrate().await.unwrap().connect().await.unwrap();
    let connects_in_time = async || {
        let start = Instant::now();
        let done = store().connect().await;
        assert!(start.elapsed() < limit + Duration::from_millis(400), "{:?}", start.elapsed());
        done
    };
    server.pause();
    for _ in 0..3 {
        let error = connects_in_time().await.unwrap_err().to_string();
        assert!(error.contains("in time"), "{error}");
    }
    server.resume();
    let start = Instant::now();
    while let Err(error) = connects_in_time().await {
        // The pool waits five seconds for the connection that hangs before it makes another.
        assert!(start.elapsed() < Duration::from_secs(15), "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.kill();
    let error = connects_in_time().await.unwrap_err().to_string();
    assert!(error.contains("no connection"), "{error}");
    server.restart().await;
    connects_in_time().await.unwrap();
}
