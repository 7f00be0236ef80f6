//! Sweep of a million expired rows, and the time that a request takes meanwhile.
//!
//! Prints the time of a read and of a write, without and with a sweep. Runs on SQLite in a file, and on the PostgreSQL server
//! at `MFAKIT_POSTGRES`, such as `postgres://user@127.0.0.1/test`, if that variable is set.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends at the first failure, and prints"
)]

use std::{
    env, fs,
    time::{Duration, Instant},
};

use mfakit::{Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Secret, Timestamp, UserId};
use mfakit_sqlx::{Pool, SqlNumberBook, SqlStore};
use sqlx::{
    AssertSqlSafe, PgPool, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

/// Expired rows, unless `MFAKIT_ROWS` is set.
const ROWS: u32 = 1_000_000;

#[tokio::main]
async fn main() {
    let count = env::var("MFAKIT_ROWS").ok().map_or(ROWS, |count| count.parse().unwrap());
    let file = env::temp_dir().join(format!("mfakit-sweep-{}.db", std::process::id()));
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Wal)).await.unwrap();
    let store = store(&pool).await;
    let rows = format!(
        "INSERT INTO bench_users WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         SELECT randomblob(32), i, randomblob(150), randomblob(250), NULL, 1000 FROM n"
    );
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    measure("SQLite", store).await;
    pool.close().await;
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", file.display()));
    }
    let Ok(url) = env::var("MFAKIT_POSTGRES") else { return };
    let pool = PgPool::connect(&url).await.unwrap();
    let tables = "bench_schema, bench_users, bench_budgets, bench_numbers, bench_recoveries";
    let drop = || sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE IF EXISTS {tables}")));
    drop().execute(&pool).await.unwrap();
    let store = self::store(&pool).await;
    let rows = format!(
        "INSERT INTO bench_users SELECT sha256(i::text::bytea), i, decode(repeat('5a', 150), 'hex'), \
         decode(repeat('5a', 250), 'hex'), NULL, 1000 FROM generate_series(1, {count}) AS i"
    );
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    measure("PostgreSQL", store).await;
    drop().execute(&pool).await.unwrap();
}

async fn store(pool: impl Into<Pool>) -> SqlStore {
    let builder = SqlStore::builder(pool, Secret::new([1; 32]).unwrap()).prefix("bench_");
    builder.migrate().await.unwrap().connect().await.unwrap()
}

/// Prints the times of requests, first alone and then beside a sweep.
async fn measure(name: &str, store: SqlStore) {
    let book = store.number_book();
    print(name, "alone", &requests(&book, || false).await);
    let start = Instant::now();
    let sweep = tokio::spawn(async move { store.sweep().await.unwrap() });
    print(name, "beside the sweep", &requests(&book, || !sweep.is_finished()).await);
    println!("{name}: {} rows swept in {:.0?}", sweep.await.unwrap(), start.elapsed());
}

/// Sends reads and writes of one user, at least a few hundred, and for as long as `more` says. Returns the times of both.
async fn requests(book: &SqlNumberBook, more: impl Fn() -> bool) -> [Vec<Duration>; 2] {
    let (user, number) = (UserId::from("alice"), PhoneNumber::new("+19195551234").unwrap());
    let mut times = [Vec::new(), Vec::new()];
    while times[0].len() < 500 || more() {
        let on_file = NumberOnFile::new(number.clone(), Timestamp::from_millis(1));
        for change in [NumberChange::add(on_file), NumberChange::remove(number.clone())] {
            let start = Instant::now();
            assert_eq!(book.change(&user, &change).await.unwrap(), Changed::Done);
            times[1].push(start.elapsed());
            let start = Instant::now();
            book.number(&user).await.unwrap();
            times[0].push(start.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    times
}

fn print(name: &str, when: &str, times: &[Vec<Duration>; 2]) {
    for (kind, times) in ["read", "write"].iter().zip(times) {
        let mut times = times.clone();
        times.sort_unstable();
        let at = |share: f64| {
            let place = (times.len().saturating_sub(1) as f64 * share) as usize;
            times.get(place).copied().unwrap_or_default()
        };
        println!("{name}, {kind} {when}: p50 {:.2?}, p99 {:.2?}, of {}", at(0.5), at(0.99), times.len());
    }
}
