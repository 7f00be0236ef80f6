//! Warnings and errors about the configuration of the database when the store connects.

use mfakit_sqlx::{ConnectError, Pool};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

#[cfg(feature = "postgres")]
use crate::server::PostgresServer;
use crate::{database::File, logged, stores::builder};

/// Returns the lines of mfakit while a store connects.
async fn log_of(pool: impl Into<Pool>) -> Vec<String> {
    let builder = builder(pool).migrate().await.unwrap();
    let connect = async {
        builder.connect().await.unwrap();
    };
    let log = logged::log_of(connect).await;
    log.lines().filter(|line| line.contains("WARN mfakit")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_sqlite_database_that_may_lose_records_causes_warnings_and_another_does_not() {
    // A file for each case, because a busy machine may still be closing the pool of the case before, which locks its file.
    let files = [(); 4].map(|()| File::new());
    let [durable, journal, timeout, synchronous] = files.each_ref().map(File::options);
    let log = async |options: SqliteConnectOptions, connections| {
        log_of(SqlitePoolOptions::new().max_connections(connections).connect_with(options).await.unwrap())
            .await
    };
    assert_eq!(log(durable, 4).await, [""; 0]);
    let in_memory = || SqliteConnectOptions::new().in_memory(true).shared_cache(false);
    assert_eq!(log(in_memory(), 1).await, [""; 0]);
    for (name, lines, expected) in [
        ("journal", log(journal.journal_mode(SqliteJournalMode::Delete), 4).await, "WAL"),
        ("timeout", log(timeout.busy_timeout(std::time::Duration::ZERO), 4).await, "busy timeout"),
        ("synchronous", log(synchronous.synchronous(SqliteSynchronous::Normal), 4).await, "FULL"),
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
