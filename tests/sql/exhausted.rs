//! A database without room, and a pool without a free connection.

use std::time::{Duration, Instant};

use mfakit::{MfaStore, store::ConsumeOutcome};
use mfakit_sqlx::{ConnectError, Pool};
#[cfg(feature = "postgres")]
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

#[cfg(feature = "postgres")]
use crate::damage::every_write_is_an_error;
use crate::{
    damage::store,
    database::{Database, File},
    kit::{NO_TIME, TestUser, granted, many_sends, new_id, reserve_send},
    stores::builder,
    workers::alice,
};

/// Connections that other tasks of the app hold.
#[allow(dead_code, reason = "they are only held")]
enum Held {
    Sqlite(Vec<sqlx::pool::PoolConnection<sqlx::Sqlite>>),
    #[cfg(feature = "postgres")]
    Postgres(Vec<sqlx::pool::PoolConnection<sqlx::Postgres>>),
}

async fn small_pool(database: &Database) -> Pool {
    match database {
        Database::Sqlite(file) => {
            SqlitePoolOptions::new().max_connections(2).connect_with(file.options()).await.unwrap().into()
        }
        #[cfg(feature = "postgres")]
        Database::Postgres { options, .. } => {
            PgPoolOptions::new().max_connections(2).connect_with(options.clone()).await.unwrap().into()
        }
    }
}

async fn hold(pool: &Pool) -> Held {
    match pool {
        Pool::Sqlite(pool) => {
            Held::Sqlite(vec![pool.acquire().await.unwrap(), pool.acquire().await.unwrap()])
        }
        #[cfg(feature = "postgres")]
        Pool::Postgres(pool) => {
            Held::Postgres(vec![pool.acquire().await.unwrap(), pool.acquire().await.unwrap()])
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pool_that_the_app_exhausts_is_an_error_in_time() {
    for database in Database::each().await {
        let pool = small_pool(&database).await;
        let limit = Duration::from_secs(1);
        let connecting = || builder(pool.clone()).timeout(limit);
        let store = connecting().migrate().await.unwrap().connect().await.unwrap();
        let grant = granted(&store, &alice()).await;
        let held = hold(&pool).await;
        let start = Instant::now();
        let error = store.grant(alice().key()).await.unwrap_err().to_string();
        assert!(error.contains("the pool is too small"), "{}: {error}", database.name());
        assert!(store.consume(alice().key(), &grant, NO_TIME).await.is_err());
        let error = connecting().connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Database { .. }), "{}: {error}", database.name());
        assert!(start.elapsed() < limit * 3 + Duration::from_secs(1), "{:?}", start.elapsed());
        drop(held);
        let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
        assert_eq!(used, ConsumeOutcome::Consumed, "{}", database.name());
    }
}

#[tokio::test]
async fn a_file_without_room_is_an_error_until_there_is_room() {
    let file = File::new();
    let options = file.options();
    let database = Database::Sqlite(file);
    let grant = granted(&store(&database).await, &alice()).await;
    let pages = database.number("SELECT page_count FROM pragma_page_count").await + 40;
    let options = options.pragma("max_page_count", pages.to_string());
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let store = builder(&pool).connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE junk (bytes BLOB)").execute(&pool).await.unwrap();
    let fill = "INSERT INTO junk VALUES (randomblob(3500))";
    while sqlx::raw_sql(fill).execute(&pool).await.is_ok() {}
    // Records that fit into an existing page are still written.
    let mut errors = Vec::new();
    for name in 0..200 {
        let (user, id) = (TestUser::new(&format!("user {name}")), new_id());
        let sent = reserve_send(&store, &user, &id, &many_sends()).await;
        errors.extend(sent.err().map(|error| error.to_string()));
    }
    assert!(errors.iter().any(|error| error.contains("the disk of the database is full")), "{errors:?}");
    assert!(store.grant(alice().key()).await.unwrap().is_some(), "reads go on");
    sqlx::raw_sql("DELETE FROM junk").execute(&pool).await.unwrap();
    granted(&store, &TestUser::new("bob")).await;
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}

/// A trigger raises the error that the server returns if its disk is full.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_server_without_room_is_an_error_until_there_is_room() {
    let database = Database::postgres().await;
    let store = store(&database).await;
    let grant = granted(&store, &alice()).await;
    database
        .run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$; \
             CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON mfakit_users \
             FOR EACH STATEMENT EXECUTE FUNCTION full_disk(); \
             CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON mfakit_budgets \
             FOR EACH STATEMENT EXECUTE FUNCTION full_disk()",
        )
        .await;
    let errors = every_write_is_an_error(&store, &alice(), &grant).await;
    assert!(errors.iter().all(|error| error.contains("the disk of the database is full")), "{errors:?}");
    assert!(!errors.is_empty());
    assert!(store.grant(alice().key()).await.unwrap().is_some(), "reads go on");
    database.run("DROP FUNCTION full_disk CASCADE").await;
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}
