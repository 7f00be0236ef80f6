//! Warnings and errors about the configuration of the database when the store connects.

use mfakit_sqlx::{ConnectError, Pool};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

#[cfg(feature = "postgres")]
use crate::server::PostgresServer;
use crate::{
    database::File,
    logged,
    stores::{builder, connected},
};

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
    let file = File::new();
    let log = async |options: SqliteConnectOptions, connections| {
        let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await.unwrap();
        let lines = log_of(&pool).await;
        pool.close().await;
        lines
    };
    assert_eq!(log(file.options(), 4).await, [""; 0]);
    for (name, lines, expected) in [
        ("journal", log(file.options().journal_mode(SqliteJournalMode::Delete), 4).await, "WAL"),
        ("timeout", log(file.options().busy_timeout(std::time::Duration::ZERO), 4).await, "busy timeout"),
        ("synchronous", log(file.options().synchronous(SqliteSynchronous::Normal), 4).await, "FULL"),
    ] {
        assert!(lines.len() == 1 && lines[0].contains(expected), "{name}: {lines:?}");
    }
}

#[tokio::test]
async fn a_pool_in_memory_that_loses_or_multiplies_its_tables_causes_warnings() {
    let in_memory = SqliteConnectOptions::new().in_memory(true).shared_cache(false);
    let one = || SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let log =
        async |pool: SqlitePoolOptions| log_of(pool.connect_with(in_memory.clone()).await.unwrap()).await;
    assert_eq!(log(one()).await, [""; 0]);
    let age = std::time::Duration::from_millis(300);
    for (pool, expected) in [
        (one().max_lifetime(age * 100), "max_lifetime(None)"),
        (one().idle_timeout(age * 100), "max_lifetime(None)"),
    ] {
        let lines = log(pool).await;
        assert!(lines.len() == 1 && lines[0].contains(expected), "{lines:?}");
    }
    let shared = SqliteConnectOptions::new().filename("file:mfakit-start-up?mode=memory").shared_cache(true);
    let lines = log_of(one().max_connections(2).connect_with(shared).await.unwrap()).await;
    assert!(lines.len() == 1 && lines[0].contains("max_connections(1)"), "{lines:?}");
    // This is why: the tables end with the connection that has them.
    let pool = one().max_lifetime(age).connect_with(in_memory).await.unwrap();
    let store = connected(&pool).await;
    tokio::time::sleep(age * 2).await;
    assert!(store.sweep().await.is_err());
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
    for (change, expected) in [
        ("ALTER TABLE mfakit_users SET UNLOGGED", "unlogged"),
        (
            "ALTER TABLE mfakit_users SET LOGGED; ALTER TABLE mfakit_numbers ENABLE ROW LEVEL SECURITY; \
          ALTER TABLE mfakit_numbers FORCE ROW LEVEL SECURITY; ALTER ROLE mfakit NOSUPERUSER NOBYPASSRLS",
            "row level",
        ),
    ] {
        durable.run(change).await;
        let lines = log_of(pool(durable.options_by_socket()).await).await;
        assert!(lines.len() == 1 && lines[0].contains(expected), "{lines:?}");
    }
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
