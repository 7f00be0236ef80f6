//! The cost of the SQL store: `cargo bench -p mfakit-tests --features postgres --bench sql`.
//!
//! Prints one table. Needs PostgreSQL: it starts a server on a free port and ends it. The server and SQLite's file are in the
//! folder for temporary files, `TMPDIR`, and wait for its disk at each commit. Prints only some rows if they are named after
//! `--`: `reads`, `ceremonies`, `bytes`, `sweep`, `steps`.
//!
//! | row | measurement |
//! |---|---|
//! | reads | `SqlStore::grant` against the bare `SELECT` of the same columns by the primary key on the same pool: the median of the time in sequence, and the throughput with 32 in flight |
//! | ceremonies | starts and verifies per second through the engine, 32 in flight |
//! | bytes | size of the table and its indexes at 100,000 live grants |
//! | sweep | times of requests without a sweep, and beside one of a million expired rows |
//! | steps | statements of a start, a verify and a guarded request, by the database's own count, and their times in sequence |
//!
//! `MFAKIT_ROWS` sets the rows of `bytes` and `sweep`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod bytes;
#[path = "../stores/ceremonies.rs"]
mod ceremonies;
#[path = "../stores/ceremony.rs"]
mod ceremony;
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
#[path = "../../sql/database.rs"]
mod database;
#[path = "../stores/engine.rs"]
mod engine;
#[path = "../stores/grants.rs"]
mod grants;
#[path = "../stores/instant_provider.rs"]
mod instant_provider;
#[path = "../../redis/port.rs"]
mod port;
mod reads;
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
#[path = "../../sql/server.rs"]
mod server;
mod steps;
mod sweep;
mod world;

use tokio::runtime::Runtime;

use crate::world::World;

/// Users whose starts and verifies are timed.
const USERS: usize = 3_000;

fn main() {
    // Cargo passes `--bench`, which this program ignores.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |row: &str| wanted.is_empty() || wanted.iter().any(|one| one == row);
    Runtime::new().unwrap().block_on(async {
        let world = World::start().await;
        if is_wanted("reads") {
            for database in world.databases().await {
                reads::print(&database).await;
            }
        }
        if is_wanted("ceremonies") {
            for database in world.databases().await {
                ceremonies::print(database.name(), world::store(database.pool().await).await, USERS).await;
            }
        }
        if is_wanted("bytes") {
            bytes::print(&world).await;
        }
        if is_wanted("sweep") {
            for database in world.databases().await {
                sweep::print(&database).await;
            }
        }
        if is_wanted("steps") {
            steps::print(&world).await;
        }
    });
}
