//! Writes that take effect long after the read that they depend on.

use std::time::{Duration, Instant};

use mfakit::MfaStore;
use mfakit_sqlx::{Pool, SqlStore};
#[cfg(feature = "postgres")]
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

use crate::{
    database::Database,
    kit::{NO_TIME, attempt},
    lock::Lock,
    stores::builder,
    workers::{alice, challenge, grant, open},
};

/// Returns a store whose statements may wait in the database for longer than any caller does.
async fn store(database: &Database) -> SqlStore {
    let pool: Pool = match database {
        Database::Sqlite(file) => {
            let options = file.options().busy_timeout(Duration::from_secs(60));
            SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap().into()
        }
        #[cfg(feature = "postgres")]
        Database::Postgres { options, .. } => {
            PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap().into()
        }
    };
    builder(pool).timeout(Duration::from_secs(1)).migrate().await.unwrap().connect().await.unwrap()
}

#[tokio::test]
async fn a_write_that_waited_for_a_lock_takes_effect_within_five_seconds_or_never() {
    for database in Database::each().await {
        let store = store(&database).await;
        open(&store, 1000).await;
        for (is_late, waits) in [(false, Duration::ZERO), (true, Duration::from_secs(5))] {
            // Prepares the statement on the only connection.
            while attempt(&store, &alice(), &challenge(1000).id).await.is_err() {}
            let version = "SELECT version FROM mfakit_users";
            let before = database.number(version).await;
            let lock = Lock::take(&database).await;
            let failed = attempt(&store, &alice(), &challenge(1000).id).await;
            assert!(failed.is_err(), "{}: {failed:?}", database.name());
            tokio::time::sleep(waits).await;
            lock.release().await;
            let released = Instant::now();
            let mut is_written = false;
            while !is_written && released.elapsed() < Duration::from_secs(if is_late { 2 } else { 30 }) {
                tokio::time::sleep(Duration::from_millis(100)).await;
                is_written = database.number(version).await != before;
            }
            assert_eq!(is_written, !is_late, "{}: after {waits:?}", database.name());
        }
        // Nothing is blocked.
        grant(&store).await;
        assert!(store.grant(alice().key()).await.unwrap().is_some());
        assert_eq!(store.user_state(&alice().id, NO_TIME).await.unwrap().grants.len(), 1);
    }
}
