//! The cost of the stores: `cargo bench -p mfakit-tests --features redis --bench stores`.
//!
//! Prints one table. Needs `redis-server`: it starts one on a free port and ends it. Prints only some rows if they are named
//! after `--`: `memory`, `scale`, `reads`, `round-trips`, `ceremonies`.
//!
//! | row | measurement |
//! |---|---|
//! | commands | commands of Redis for one guarded request, by the server's own count |
//! | throughput | `RedisStore::grant` with 32 in flight, against raw `GET` of as many bytes on one multiplexed connection |
//! | latency | the same in sequence, medians |
//! | memory | bytes of a live grant at 1,000,000 in the memory store |
//! | memory: bytes of | memory of a record of each kind in the memory store |
//! | memory: live grants | the memory store at 10,000 to 1,000,000 live grants: pauses, and memory of a grant |
//! | round trips | round trips and commands of a start, a verify and a guarded request, and their times in sequence, without and with a millisecond that is added to each round trip |
//! | ceremonies | starts and verifies per second through the engine, 32 in flight, on both stores |
//!
//! Raw commands and those of the store alternate within one run, because the speed of a shared machine varies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod ceremonies;
mod ceremony;
mod engine;
#[path = "../../redis/gate.rs"]
mod gate;
mod grants;
mod instant_provider;
#[path = "../promotion/link.rs"]
#[allow(dead_code, reason = "no link of this benchmark is cut")]
mod link;
mod memory;
mod reads;
mod round_trips;
mod scale;
#[path = "../../redis/server.rs"]
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
mod server;

use mfakit::MemoryStore;
use mfakit_redis::RedisStore;
use tokio::runtime::Runtime;

use crate::server::RedisServer;

/// Users whose starts and verifies are timed.
const USERS: usize = 20_000;

fn main() {
    if scale::measures_row() {
        return;
    }
    // Cargo passes `--bench`, which this program ignores.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |row: &str| wanted.is_empty() || wanted.iter().any(|one| one == row);
    if is_wanted("memory") {
        println!("{:<64} {:>12}", "memory: bytes of a live grant at 1,000,000", memory::bytes_per_grant());
    }
    if is_wanted("scale") {
        scale::print_kinds();
        scale::print();
    }
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        if is_wanted("reads") {
            reads::print().await;
        }
        if is_wanted("round-trips") {
            round_trips::print().await;
        }
        if is_wanted("ceremonies") {
            ceremonies::print("memory", MemoryStore::new(), USERS).await;
            let server = RedisServer::start().await;
            ceremonies::print("Redis", RedisStore::connect(server.url()).await.unwrap(), USERS).await;
        }
    });
}
