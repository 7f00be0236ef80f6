//! Pools that the app closes, builds elsewhere, or sets up in an unusual way.

use std::time::{Duration, Instant};

use mfakit::{
    Decision, MfaStore, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Reason, Requirement, Scope,
    Subject, store::ConsumeOutcome,
};
use mfakit_sqlx::Pool;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

use crate::{
    database::{Database, File},
    kit::{self, NO_TIME, granted},
    stores::{builder, connected},
    workers::alice,
};

async fn close(pool: &Pool) {
    match pool {
        Pool::Sqlite(pool) => pool.close().await,
        #[cfg(feature = "postgres")]
        Pool::Postgres(pool) => pool.close().await,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn requests_are_rejected_at_once_when_the_app_has_closed_its_pool() {
    for database in Database::each().await {
        let pool = database.pool().await;
        let store = connected(pool.clone()).await;
        let grant = granted(&store, &alice()).await;
        let (mfa, _) = kit::engine(store.clone());
        close(&pool).await;
        let start = Instant::now();
        let error = store.consume(alice().key(), &grant, NO_TIME).await.unwrap_err().to_string();
        assert!(error.contains("the pool is closed"), "{}: {error}", database.name());
        assert!(store.sweep().await.is_err());
        let (user, pay) = (Subject::bearer("alice", "sid-1"), Requirement::new(Scope::new("pay").unwrap()));
        let decision = mfa.check(Some(&user), &pay, None).await.unwrap();
        assert!(matches!(decision, Decision::Denied(denial) if denial.reason == Reason::Unavailable));
        assert!(builder(pool).connect().await.is_err());
        assert!(start.elapsed() < Duration::from_secs(2), "{}: {:?}", database.name(), start.elapsed());
    }
}

/// One connection, no test of it, no cache of statements, and functions of the app around each loan.
async fn unusual(database: &Database) -> Pool {
    match database {
        Database::Sqlite(file) => {
            let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
            let pool = pool
                .before_acquire(|_, _| Box::pin(async { Ok(true) }))
                .after_release(|_, _| Box::pin(async { Ok(false) }));
            pool.connect_with(file.options().statement_cache_capacity(0)).await.unwrap().into()
        }
        #[cfg(feature = "postgres")]
        Database::Postgres { options, .. } => {
            let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
            let pool = pool
                .before_acquire(|_, _| Box::pin(async { Ok(true) }))
                .after_release(|_, _| Box::pin(async { Ok(false) }));
            pool.connect_with(options.clone().statement_cache_capacity(0)).await.unwrap().into()
        }
    }
}

#[tokio::test]
async fn a_pool_of_one_connection_that_keeps_nothing_is_enough() {
    for database in Database::each().await {
        let store = connected(unusual(&database).await).await;
        let grant = granted(&store, &alice()).await;
        let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
        assert_eq!(used, ConsumeOutcome::Consumed, "{}", database.name());
        let number = NumberOnFile::new(PhoneNumber::new("+19195551234").unwrap(), NO_TIME);
        let book = store.number_book();
        let _ = book.change(&alice().id, &NumberChange::add(number.clone())).await.unwrap();
        assert_eq!(book.number(&alice().id).await.unwrap(), Some(number));
        store.sweep().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_the_app_makes_read_only_rejects_uses() {
    let file = File::new();
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(file.options()).await.unwrap();
    let store = connected(&pool).await;
    let grant = granted(&store, &alice()).await;
    sqlx::raw_sql("PRAGMA query_only = 1").execute(&pool).await.unwrap();
    let error = store.consume(alice().key(), &grant, NO_TIME).await.unwrap_err().to_string();
    assert!(error.contains("read-only"), "{error}");
    sqlx::raw_sql("PRAGMA query_only = 0").execute(&pool).await.unwrap();
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}

#[test]
fn a_pool_of_another_runtime_recovers_when_that_has_ended() {
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (own, other) = (runtime(), runtime());
    for database in own.block_on(Database::each()) {
        let (store, grant) = other.block_on(async {
            let store = connected(database.pool().await).await;
            let grant = granted(&store, &alice()).await;
            (store, grant)
        });
        assert!(own.block_on(store.grant(alice().key())).unwrap().is_some(), "{}", database.name());
        let ended = runtime();
        let store = ended.block_on(async { builder(database.pool().await).connect().await.unwrap() });
        drop(ended);
        let start = Instant::now();
        let used = own.block_on(async {
            loop {
                match store.consume(alice().key(), &grant, NO_TIME).await {
                    Ok(used) => return used,
                    Err(_) => assert!(start.elapsed() < Duration::from_secs(30), "{}", database.name()),
                }
            }
        });
        assert_eq!(used, ConsumeOutcome::Consumed, "{}", database.name());
    }
}
