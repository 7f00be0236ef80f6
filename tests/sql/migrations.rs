//! Migrations of the tables, and the check of their version.

use mfakit_sqlx::ConnectError;

use crate::{
    database::Database,
    stores::{builder, connected},
};

#[tokio::test]
async fn a_database_without_tables_is_an_error_that_names_the_cure() {
    for database in Database::each().await {
        let error = builder(database.pool().await).connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::NotMigrated), "{}: {error}", database.name());
        assert!(error.to_string().contains("call `migrate`"), "{error}");
        connected(database.pool().await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_instances_migrate_at_once_and_one_of_them_does_it() {
    for database in Database::each().await {
        let mut instances = Vec::new();
        for _ in 0..6 {
            let pool = database.pool().await;
            instances.push(tokio::spawn(async move {
                connected(pool).await;
            }));
        }
        for instance in instances {
            instance.await.unwrap();
        }
        assert_eq!(database.number("SELECT count(*) FROM mfakit_schema").await, 1, "{}", database.name());
    }
}

#[tokio::test]
async fn tables_of_another_release_are_an_error_in_both_directions() {
    for database in Database::each().await {
        builder(database.pool().await).migrate().await.unwrap();
        database.run("INSERT INTO mfakit_schema (version) VALUES (1000)").await;
        let error = builder(database.pool().await).connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::TooNew { found: 1000 }), "{}: {error}", database.name());
        // A release that does not know the tables leaves them as they are.
        builder(database.pool().await).migrate().await.unwrap();
        database.run("DELETE FROM mfakit_schema").await;
        let error = builder(database.pool().await).connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Outdated { found: 0 }), "{}: {error}", database.name());
    }
}

#[tokio::test]
async fn the_files_make_the_same_tables_as_the_builder() {
    let postgres = include_str!("../../crates/mfakit-sqlx/migrations/postgres/0001_tables.sql");
    let sqlite = include_str!("../../crates/mfakit-sqlx/migrations/sqlite/0001_tables.sql");
    for database in Database::each().await {
        let files = if database.is_sqlite() { sqlite } else { postgres };
        database.run(&format!("BEGIN; {files} COMMIT")).await;
        connected(database.pool().await).await;
        assert_eq!(database.number("SELECT count(*) FROM mfakit_schema").await, 1, "{}", database.name());
    }
}

#[tokio::test]
async fn a_prefix_keeps_two_apps_apart() {
    for database in Database::each().await {
        for prefix in ["bank_", "shop_"] {
            let builder = builder(database.pool().await).prefix(prefix);
            builder.migrate().await.unwrap().connect().await.unwrap();
        }
        assert_eq!(database.number("SELECT count(*) FROM bank_users").await, 0);
        assert!(builder(database.pool().await).connect().await.is_err());
        let error = builder(database.pool().await).prefix("a b").migrate().await.unwrap_err();
        assert!(matches!(error, ConnectError::Prefix { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_schema_of_its_own_is_created_on_postgres_only() {
    for database in Database::each().await {
        let done = builder(database.pool().await).schema("select").migrate().await;
        if database.is_sqlite() {
            assert!(matches!(done, Err(ConnectError::Schema { .. })));
            continue;
        }
        done.unwrap().connect().await.unwrap();
        assert_eq!(database.number("SELECT count(*) FROM \"select\".mfakit_users").await, 0);
        assert!(builder(database.pool().await).connect().await.is_err());
    }
}

#[tokio::test]
async fn rows_of_another_secret_are_an_error_until_it_is_a_previous_one() {
    for database in Database::each().await {
        connected(database.pool().await).await;
        for (mark, table) in [("00000000", "numbers"), ("ffffffff", "recoveries"), ("7f000000", "users")] {
            let id = database.bytes(&format!("{mark}{}", "00".repeat(28)));
            let columns = match table {
                "numbers" => format!("(id, number, tag, confirmed_at) VALUES ({id}, {id}, {id}, 0)"),
                "recoveries" => format!("(id, record) VALUES ({id}, {id})"),
                _ => format!("(id, version, sweep_at) VALUES ({id}, 1, 9000000000000)"),
            };
            database.run(&format!("INSERT INTO mfakit_{table} {columns}")).await;
            let error = builder(database.pool().await).connect().await.unwrap_err();
            assert!(matches!(error, ConnectError::OtherSecret), "{}, {table}: {error}", database.name());
            if table == "users" {
                // An expired row is about to be swept, and forgets nothing.
                database.run("UPDATE mfakit_users SET sweep_at = 1").await;
                builder(database.pool().await).connect().await.unwrap();
            }
            database.run(&format!("DELETE FROM mfakit_{table}")).await;
        }
    }
}
