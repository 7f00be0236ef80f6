//! Apps that set another isolation level for their role, their database or their connections.

use std::time::Duration;

use mfakit::{
    MfaStore, NumberBook, NumberChange, NumberOnFile, PhoneNumber,
    store::{ConsumeOutcome, Revocation},
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::task::JoinSet;

use crate::{
    kit::{NO_TIME, TestUser, granted},
    server::PostgresServer,
    stores::{builder, connected},
    workers::alice,
};

const LEVELS: [&str; 3] = ["read committed", "repeatable read", "serializable"];

async fn pool(server: &PostgresServer, level: &str, connections: u32) -> PgPool {
    let options = server.database().await.options([("default_transaction_isolation", level)]);
    PgPoolOptions::new().max_connections(connections).connect_with(options).await.unwrap()
}

/// A snapshot that is taken before the wait for the other instance does not show its tables.
#[tokio::test(flavor = "multi_thread")]
async fn several_instances_migrate_at_once_at_every_isolation_level() {
    let server = PostgresServer::shared().await;
    for level in LEVELS {
        let pool = pool(&server, level, 10).await;
        for round in 0..5 {
            let mut instances = JoinSet::new();
            for _ in 0..6 {
                let builder = builder(&pool).prefix(format!("m{round}_"));
                instances.spawn(async move { builder.migrate().await.map(drop) });
            }
            for done in instances.join_all().await {
                done.unwrap_or_else(|error| panic!("{level}: {error}"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_serialization_are_not_seen_at_any_isolation_level() {
    let server = PostgresServer::shared().await;
    for level in LEVELS {
        let pool = pool(&server, level, 20).await;
        let store = connected(&pool).await;
        let mut calls = JoinSet::new();
        for number in 0..200 {
            let store = store.clone();
            calls.spawn(async move {
                let user = TestUser::new(&format!("user {number}"));
                let grant = granted(&store, &user).await;
                for _ in 0..10 {
                    assert!(store.grant(user.key()).await.unwrap().is_some());
                }
                store.consume(user.key(), &grant, NO_TIME).await.unwrap()
            });
        }
        for used in calls.join_all().await {
            assert_eq!(used, ConsumeOutcome::Consumed, "{level}");
        }
    }
}

/// An app that begins a transaction by text gives the connection back in it. At a higher level, it shows the past.
#[tokio::test]
async fn a_transaction_that_the_app_left_open_shows_no_grant_that_was_revoked_since() {
    let server = PostgresServer::shared().await;
    for level in LEVELS {
        let pool = pool(&server, level, 1).await;
        let other = PgPoolOptions::new().connect_with((*pool.connect_options()).clone()).await.unwrap();
        let other = connected(&other).await;
        let store = builder(&pool).connect().await.unwrap();
        let _ = granted(&store, &alice()).await;
        let number = |digits| NumberOnFile::new(PhoneNumber::new(digits).unwrap(), NO_TIME);
        let (book, other_book) = (store.number_book(), other.number_book());
        let (old, new) = (number("+19195551234"), number("+12025550123"));
        let _ = book.change(&alice().id, &NumberChange::add(old.clone())).await.unwrap();
        sqlx::raw_sql("BEGIN; SELECT 1 FROM mfakit_users").execute(&pool).await.unwrap();
        other.revoke(&alice().id, Revocation::User).await.unwrap();
        let replace = NumberChange::replace(old.number, new.clone());
        let _ = other_book.change(&alice().id, &replace).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let read = store.grant(alice().key()).await;
        assert!(!matches!(read, Ok(Some(_))), "{level}: {read:?}");
        let read = book.number(&alice().id).await;
        assert!(!read.as_ref().is_ok_and(|read| *read != Some(new.clone())), "{level}: {read:?}");
        sqlx::raw_sql("ROLLBACK").execute(&pool).await.unwrap();
        assert_eq!(store.grant(alice().key()).await.unwrap(), None);
        assert_eq!(book.number(&alice().id).await.unwrap(), Some(new));
    }
}

/// A statement that reads is ended if a transaction that is about to commit depends on another one that has committed.
#[tokio::test]
async fn a_read_that_cannot_be_serialized_at_the_moment_is_tried_again() {
    let server = PostgresServer::with(&["fsync=off", "max_prepared_transactions=2"]).await;
    let pool = pool(&server, "serializable", 4).await;
    let store = connected(&pool).await;
    let _ = granted(&store, &alice()).await;
    let run = async |statements: &'static str| sqlx::raw_sql(statements).execute(&pool).await.unwrap();
    run("CREATE TABLE counts AS SELECT 1 AS number").await;
    let mut other = pool.acquire().await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT * FROM counts").execute(&mut *other).await.unwrap();
    run("UPDATE counts SET number = 2").await;
    let change = "UPDATE mfakit_users SET sweep_at = sweep_at + 1; PREPARE TRANSACTION 'other'";
    sqlx::raw_sql(change).execute(&mut *other).await.unwrap();
    let read = sqlx::raw_sql("SELECT * FROM mfakit_users").execute(&pool).await;
    assert!(read.is_err(), "the statement of an app is ended");
    let reading = tokio::spawn(async move { store.grant(alice().key()).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(30)).await;
    run("COMMIT PREPARED 'other'").await;
    assert!(reading.await.unwrap().is_some());
}
