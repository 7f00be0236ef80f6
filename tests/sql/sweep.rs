//! Deletion of expired rows.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection, sqlite::SqlitePoolOptions};

use crate::{
    database::{Database, File},
    stores::connected,
};

/// Adds as many rows as a table needs to have several batches. A hundred of them have not expired.
async fn fill(database: &Database, table: &str, expired: u32) {
    let is_users = table == "users";
    let insert = |from: u32, to: u32, sweep_at: &str| {
        if database.is_sqlite() {
            let values = if is_users { "NULL, NULL, NULL" } else { "x'00'" };
            format!(
                "INSERT INTO mfakit_{table} \
                 WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to}) \
                 SELECT CAST(printf('%032d', i) AS BLOB), i, {values}, {sweep_at} FROM n"
            )
        } else {
            let values = if is_users { "NULL::bytea, NULL::bytea, NULL::bytea" } else { "'\\x00'::bytea" };
            format!(
                "INSERT INTO mfakit_{table} SELECT convert_to(lpad(i::text, 32, '0'), 'UTF8'), i, {values}, {sweep_at} \
                 FROM generate_series({from}, {to}) AS i"
            )
        }
    };
    database.run(&insert(1, expired, "1000")).await;
    // The year 2100, and never.
    database.run(&insert(expired + 1, expired + 50, "4102444800000")).await;
    database.run(&insert(expired + 51, expired + 100, "9223372036854775807")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_deletes_what_has_expired_and_nothing_else() {
    for database in Database::each().await {
        let stores = [connected(database.pool().await).await, connected(database.pool().await).await];
        for table in ["users", "budgets"] {
            fill(&database, table, 3000).await;
        }
        let [one, two] = stores.map(|store| tokio::spawn(async move { store.sweep().await.unwrap() }));
        let deleted = one.await.unwrap() + two.await.unwrap();
        assert_eq!(deleted, 6000, "{}", database.name());
        for table in ["users", "budgets"] {
            assert_eq!(database.number(&format!("SELECT count(*) FROM mfakit_{table}")).await, 100);
        }
    }
}

/// Without a busy timeout, a statement fails at once while another connection writes.
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_goes_on_when_another_write_has_ended() {
    let file = File::new();
    let options = file.options().busy_timeout(Duration::ZERO);
    let pool = SqlitePoolOptions::new().connect_with(options.clone()).await.unwrap();
    let database = Database::Sqlite(file);
    let store = connected(&pool).await;
    fill(&database, "users", 100).await;
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let sweep = tokio::spawn(async move { store.sweep().await.unwrap() });
    tokio::time::sleep(Duration::from_millis(50)).await;
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    assert_eq!(sweep.await.unwrap(), 100);
}
