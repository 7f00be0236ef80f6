//! Statements and time of a start, a verify and a guarded request, one after the other.

use std::sync::atomic::{AtomicI64, Ordering};

use mfakit::{MemoryStore, Mfa};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    Layer, filter::Targets, layer::Context, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::{
    ceremony::{Ceremony, FIRST, STEPS, engine, times},
    database::Database,
    world::{self, World},
};

/// Ceremonies whose times are measured.
const CEREMONIES: u32 = 1_000;
/// Ceremonies whose statements are counted.
const COUNTED: u32 = 3;

pub(crate) async fn print(world: &World) {
    println!("\n{:<42} {:>12} {:>9}", "time", "p50, us", "p99, us");
    print_times("memory", &engine(MemoryStore::new())).await;
    for database in world.databases().await {
        print_times(database.name(), &engine(world::store(database.pool().await).await)).await;
    }
    println!("\n{:<42} {:>12}", "", "statements");
    // Last, because it makes every statement a little slower.
    let counter = Targets::new().with_target("sqlx::query", tracing::Level::TRACE);
    tracing_subscriber::registry().with(Counter.with_filter(counter)).init();
    let [sqlite, postgres] = world.databases().await;
    print_counts(&sqlite).await;
    print_counts(&postgres).await;
}

async fn print_times(name: &str, mfa: &Mfa) {
    for ((_, step), times) in STEPS.iter().zip(times(mfa, CEREMONIES).await) {
        let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!("{:<42} {:>12} {:>9}", format!("{name}: {step}"), p50.as_micros(), p99.as_micros());
    }
}

/// Prints the statements of each step.
async fn print_counts(database: &Database) {
    if matches!(database, Database::Postgres { .. }) {
        database.run("CREATE EXTENSION pg_stat_statements").await;
    }
    let mfa = engine(world::store(database.pool().await).await);
    let mut counted = [0; 3];
    for user in 0..FIRST + COUNTED {
        let mut ceremony = Ceremony::of(&mfa, user);
        for (at, (step, _)) in STEPS.into_iter().enumerate() {
            reset(database).await;
            ceremony.run(step).await;
            let now = statements(database).await;
            assert!(user <= FIRST || counted[at] == now, "every ceremony takes the same steps: {now}");
            counted[at] = now;
        }
    }
    for ((_, step), statements) in STEPS.iter().zip(counted) {
        println!("{:<42} {statements:>12}", format!("{}: {step}", database.name()));
    }
}

async fn reset(database: &Database) {
    match database {
        Database::Sqlite(_) => STATEMENTS.store(0, Ordering::Relaxed),
        Database::Postgres { .. } => {
            database.run("SELECT pg_stat_statements_reset()").await;
        }
    }
}

/// Returns the statements since the last reset: by PostgreSQL's count, and by the driver's log of SQLite's thread.
async fn statements(database: &Database) -> i64 {
    match database {
        Database::Sqlite(_) => STATEMENTS.load(Ordering::Relaxed),
        Database::Postgres { .. } => {
            let calls = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements \
                         WHERE query NOT LIKE '%pg_stat_statements%'";
            database.number(calls).await
        }
    }
}

/// Statements in the log of sqlx.
static STATEMENTS: AtomicI64 = AtomicI64::new(0);

/// Counter of the statements that sqlx logs.
struct Counter;

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }
}
