//! Connections that the app returns to the pool while they are in a transaction, or wait for an answer.

use std::time::{Duration, Instant};

use mfakit::{
    Changed, MfaStore, NumberBook, NumberChange, NumberOnFile, PhoneNumber, RecoveryBook, RecoveryRecord,
    store::ConsumeOutcome,
};
use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};
use tokio::time::timeout;

use crate::{
    kit::{NO_TIME, attempt, granted},
    server::PostgresServer,
    stores::connected,
    workers::{alice, challenge, open},
};

/// If an app sends `BEGIN` as text, sqlx returns the connection to the pool with the transaction open.
#[tokio::test]
async fn a_use_in_a_transaction_that_the_app_left_open_does_not_count() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let store = connected(&pool).await;
    let grant = granted(&store, &alice()).await;
    open(&store, 5).await;
    let id = challenge(5).id;
    sqlx::raw_sql("BEGIN").execute(&pool).await.unwrap();
    let used = store.consume(alice().key(), &grant, NO_TIME).await;
    assert!(used.is_err(), "{used:?}, although it is not committed");
    let tried = attempt(&store, &alice(), &id).await;
    assert!(tried.is_err(), "{tried:?}, although it is not committed");
    sqlx::raw_sql("ROLLBACK").execute(&pool).await.unwrap();
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    assert!(attempt(&store, &alice(), &id).await.is_ok());
}

/// The pool tests a connection that is returned to it, and waits for the answer without a limit.
#[tokio::test]
async fn requests_that_leave_while_a_table_is_locked_do_not_exhaust_the_pool_of_the_app() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options.clone()).await.unwrap();
    let store = connected(&pool).await;
    let grant = granted(&store, &alice()).await;
    let mut other = PgConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE mfakit_users").execute(&mut other).await.unwrap();
    for _ in 0..2 {
        let alice = alice();
        let request = timeout(Duration::from_millis(300), store.grant(alice.key()));
        assert!(request.await.is_err(), "the client leaves first");
    }
    // sqlx gives a connection five seconds to close.
    let start = Instant::now();
    let free = timeout(Duration::from_secs(15), sqlx::raw_sql("SELECT 1").execute(&pool)).await;
    assert!(free.is_ok_and(|done| done.is_ok()), "after {:?}", start.elapsed());
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}

#[tokio::test]
async fn a_change_of_the_books_in_a_transaction_that_the_app_left_open_is_not_made() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let book = connected(&pool).await.number_book();
    let number = |digits| NumberOnFile::new(PhoneNumber::new(digits).unwrap(), NO_TIME);
    let (old, new, id) = (number("+19195551234"), number("+12025550123"), alice().id);
    let [codes, used] = ["all codes", "one is used"].map(RecoveryRecord::from_text);
    let _ = book.change(&id, &NumberChange::add(old.clone())).await.unwrap();
    let _ = book.replace(&id, None, Some(&codes)).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&pool).await.unwrap();
    for change in
        [NumberChange::replace(old.number.clone(), new.clone()), NumberChange::remove(old.number.clone())]
    {
        let changed = book.change(&id, &change).await;
        assert!(!matches!(changed, Ok(Changed::Done)), "{changed:?}, although it is not committed");
    }
    let added = book.change(&"bob".into(), &NumberChange::add(new.clone())).await;
    assert!(!matches!(added, Ok(Changed::Done)), "{added:?}, although it is not committed");
    let replaced = book.replace(&id, Some(&codes), Some(&used)).await;
    assert!(!matches!(replaced, Ok(Changed::Done)), "{replaced:?}, although it is not committed");
    sqlx::raw_sql("ROLLBACK").execute(&pool).await.unwrap();
    assert_eq!(book.number(&id).await.unwrap(), Some(old.clone()));
    let replace = NumberChange::replace(old.number, new);
    assert_eq!(book.change(&id, &replace).await.unwrap(), Changed::Done);
    assert_eq!(book.replace(&id, Some(&codes), Some(&used)).await.unwrap(), Changed::Done);
}
