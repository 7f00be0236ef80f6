//! The cost of the stores: `cargo bench -p mfakit-tests --features redis --bench stores`.
//!
//! Prints one table. Needs `redis-server`: it starts one on a free port and ends it.
//!
//! | row | measurement |
//! |---|---|
//! | commands | commands of Redis for one guarded request, by the server's own count |
//! | throughput | `RedisStore::grant` with 32 in flight, against raw `GET` of as many bytes on one multiplexed connection |
//! | latency | the same in sequence, medians |
//! | memory | bytes of a live grant at 1,000,000 in the memory store |
//! | ceremonies | starts and verifies per second through the engine, 32 in flight, on both stores |
//!
//! Raw commands and those of the store alternate within one run, because the speed of a shared machine varies.
#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops where it is set up wrongly"
)]

mod ceremonies;
mod memory;
mod reads;
#[path = "../../redis/server.rs"]
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
mod server;

use tokio::runtime::Runtime;

fn main() {
    // Cargo passes `--bench`, which this program ignores.
    println!("{:<64} {:>12}", "memory: bytes of a live grant at 1,000,000", memory::bytes_per_grant());
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        reads::print().await;
        ceremonies::print().await;
    });
}
