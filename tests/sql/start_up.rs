//! Warnings and errors about the configuration of the database when the store connects.

use std::sync::{Arc, LazyLock, Mutex};

use mfakit::Secret;
use mfakit_sqlx::{ConnectError, Pool, SqlStore, SqlStoreBuilder};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tracing::{Dispatch, subscriber::NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

use crate::database::File;
#[cfg(feature = "postgres")]
use crate::server::PostgresServer;

/// Writer that keeps the log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A second subscriber. While a process has only one, tracing asks the thread that meets an event first whether
/// anything listens there, and remembers a negative answer for all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

fn builder(pool: impl Into<Pool>) -> SqlStoreBuilder {
    SqlStore::builder(pool, Secret::new([1; 32]).unwrap())
}

/// Returns the lines of mfakit while a store connects.
async fn log_of(pool: impl Into<Pool>) -> Vec<String> {
    let builder = builder(pool).migrate().await.unwrap();
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
    LazyLock::force(&SECOND);
    let guard = tracing::subscriber::set_default(subscriber);
    builder.connect().await.unwrap();
    drop(guard);
    let log = lines.0.lock().unwrap().clone();
    let log = String::from_utf8(log).unwrap();
    log.lines().filter(|line| line.contains("WARN mfakit")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_sqlite_database_that_may_lose_records_causes_warnings_and_another_does_not() {
    let file = File::new();
    let log = async |options: SqliteConnectOptions, connections| {
        log_of(SqlitePoolOptions::new().max_connections(connections).connect_with(options).await.unwrap())
            .await
    };
    assert_eq!(log(file.options(), 4).await, [""; 0]);
    let in_memory = || SqliteConnectOptions::new().in_memory(true).shared_cache(false);
    assert_eq!(log(in_memory(), 1).await, [""; 0]);
    for (name, lines, expected) in [
        ("journal", log(file.options().journal_mode(SqliteJournalMode::Delete), 4).await, "WAL"),
        ("timeout", log(file.options().busy_timeout(std::time::Duration::ZERO), 4).await, "busy timeout"),
        ("synchronous", log(file.options().synchronous(SqliteSynchronous::Normal), 4).await, "FULL"),
    ] {
        assert!(lines.len() == 1 && lines[0].contains(expected), "{name}: {lines:?}");
    }
    let shared = SqliteConnectOptions::new().filename("file:mfakit-start-up?mode=memory").shared_cache(true);
    let lines = log(shared, 2).await;
    assert!(lines.len() == 1 && lines[0].contains("max_connections(1)"), "{lines:?}");
}

#[tokio::test]
async fn a_read_only_file_is_an_error() {
    let file = File::new();
    let pool = async |options| SqlitePoolOptions::new().connect_with(options).await.unwrap();
    builder(pool(file.options()).await).migrate().await.unwrap();
    let error = builder(pool(SqliteConnectOptions::read_only(file.options(), true)).await).connect().await;
    assert!(matches!(error, Err(ConnectError::ReadOnly)), "{error:?}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_postgres_server_that_may_lose_records_causes_warnings_and_another_does_not() {
    use sqlx::postgres::PgPoolOptions;

    let pool = async |options| PgPoolOptions::new().connect_with(options).await.unwrap();
    let durable = PostgresServer::with(&[]).await;
    assert_eq!(log_of(pool(durable.options_by_socket()).await).await, [""; 0]);
    let lines = log_of(pool(durable.options().options([("synchronous_commit", "off")])).await).await;
    assert!(lines.len() == 1 && lines[0].contains("synchronous_commit"), "{lines:?}");
    let fast = PostgresServer::shared().await;
    let lines = log_of(pool(fast.database().await).await).await;
    assert!(lines.len() == 1 && lines[0].contains("fsync"), "{lines:?}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_read_only_server_and_a_role_that_may_not_write_are_errors() {
    use sqlx::postgres::PgPoolOptions;

    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let pool = async |options| PgPoolOptions::new().connect_with(options).await.unwrap();
    let owner = pool(options.clone()).await;
    builder(&owner).migrate().await.unwrap();
    let read_only = options.clone().options([("default_transaction_read_only", "on")]);
    let error = builder(pool(read_only).await).connect().await;
    assert!(matches!(error, Err(ConnectError::ReadOnly)), "{error:?}");

    let run = async |statement: &'static str| sqlx::raw_sql(statement).execute(&owner).await.unwrap();
    run("CREATE ROLE app LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO app").await;
    let app = || pool(options.clone().username("app"));
    let error = builder(app().await).connect().await.unwrap_err();
    assert!(error.to_string().contains("lacks a permission"), "{error}");
    run("GRANT INSERT, UPDATE, DELETE ON mfakit_users, mfakit_budgets, mfakit_numbers, mfakit_recoveries TO app").await;
    builder(app().await).connect().await.unwrap();
}
