//! Tables that were made or restored by hand, and differ from those of the migrations.

#[cfg(feature = "postgres")]
use mfakit::{MfaStore, store::ConsumeOutcome};
use mfakit_sqlx::ConnectError;

use crate::{
    database::Database,
    stores::{builder, connected},
};
#[cfg(feature = "postgres")]
use crate::{
    kit::{NO_TIME, granted},
    workers::alice,
};

const TABLES: [&str; 4] = ["users", "budgets", "numbers", "recoveries"];

/// A copy has the columns and rows of a table, but not its primary key.
#[tokio::test]
async fn tables_without_a_primary_key_or_a_column_are_errors_before_the_first_request() {
    for database in Database::each().await {
        drop(builder(database.pool().await).migrate().await.unwrap());
        for table in TABLES {
            let copy = format!(
                "ALTER TABLE mfakit_{table} RENAME TO kept; CREATE TABLE mfakit_{table} AS SELECT * FROM kept"
            );
            database.run(&copy).await;
            let error = builder(database.pool().await).connect().await.unwrap_err();
            let name = format!("{}, {table}: {error}", database.name());
            assert!(matches!(error, ConnectError::Database { .. }), "{name}");
            assert!(error.to_string().contains("no primary key"), "{name}");
            let back = format!("DROP TABLE mfakit_{table}; ALTER TABLE kept RENAME TO mfakit_{table}");
            database.run(&back).await;
        }
        for (table, column) in [
            ("users", "actions"),
            ("budgets", "sweep_at"),
            ("numbers", "confirmed_at"),
            ("recoveries", "record"),
        ] {
            let rename = |from, to| format!("ALTER TABLE mfakit_{table} RENAME COLUMN {from} TO {to}");
            database.run(&rename(column, "kept")).await;
            let error = builder(database.pool().await).connect().await.unwrap_err();
            assert!(error.to_string().contains("column is missing"), "{}: {error}", database.name());
            database.run(&rename("kept", column)).await;
        }
        builder(database.pool().await).connect().await.unwrap();
    }
}

/// A file that is not run as one transaction leaves what it did before it stopped.
#[tokio::test]
async fn a_migration_that_stopped_halfway_is_an_error_that_names_the_cause() {
    for database in Database::each().await {
        let schema = if database.is_sqlite() { "MFAKIT_SCHEMA" } else { "mfakit_schema" };
        database.run(&format!("CREATE TABLE {schema} (version bigint PRIMARY KEY)")).await;
        let error = builder(database.pool().await).migrate().await.unwrap_err();
        assert!(error.to_string().contains("is there already"), "{}: {error}", database.name());
        let error = builder(database.pool().await).connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Outdated { found: 0 }), "{}: {error}", database.name());
        database.run("DROP TABLE mfakit_schema").await;
        connected(database.pool().await).await;
    }
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_role_that_may_only_read_or_delete_is_an_error_before_the_first_request() {
    use sqlx::postgres::PgPoolOptions;

    let database = Database::postgres().await;
    let Database::Postgres { options, .. } = &database else { unreachable!() };
    drop(builder(database.pool().await).migrate().await.unwrap());
    database.run("CREATE ROLE by_hand LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO by_hand").await;
    let pool = PgPoolOptions::new().connect_with(options.clone().username("by_hand")).await.unwrap();
    let tables = TABLES.map(|table| format!("mfakit_{table}")).join(", ");
    for permission in ["DELETE", "UPDATE", "INSERT"] {
        let error = builder(&pool).connect().await.unwrap_err();
        assert!(error.to_string().contains("lacks a permission"), "before {permission}: {error}");
        database.run(&format!("GRANT {permission} ON {tables} TO by_hand")).await;
    }
    builder(&pool).connect().await.unwrap();
}

/// Partitions, another encoding and a view in front of a table change nothing that the store relies on.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_partitioned_table_a_view_and_another_encoding_are_used_like_any_other() {
    use sqlx::postgres::PgPoolOptions;

    let server = crate::server::PostgresServer::shared().await;
    server.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0").await;
    let pool = PgPoolOptions::new().connect_with(server.options().database("latin")).await.unwrap();
    for (prefix, change) in [
        ("latin_", "SELECT 1"),
        (
            "part_",
            "DROP TABLE part_users; CREATE TABLE part_users (id bytea PRIMARY KEY, version bigint NOT NULL, grants bytea, \
             codes bytea, actions bytea, sweep_at bigint NOT NULL) PARTITION BY HASH (id); \
             CREATE TABLE part_0 PARTITION OF part_users FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
             CREATE TABLE part_1 PARTITION OF part_users FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        ),
        ("view_", "ALTER TABLE view_users RENAME TO kept; CREATE VIEW view_users AS SELECT * FROM kept"),
    ] {
        let migrated = builder(&pool).prefix(prefix).migrate().await.unwrap();
        sqlx::raw_sql(change).execute(&pool).await.unwrap();
        let store = migrated.connect().await.unwrap();
        let grant = granted(&store, &alice()).await;
        let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
        assert_eq!(used, ConsumeOutcome::Consumed, "{prefix}");
        let again = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
        assert_ne!(again, ConsumeOutcome::Consumed, "{prefix}");
        let expire = format!("UPDATE {prefix}users SET sweep_at = 1");
        sqlx::raw_sql(sqlx::AssertSqlSafe(expire)).execute(&pool).await.unwrap();
        assert_eq!(store.sweep().await.unwrap(), 1, "{prefix}");
    }
}
