//! What the stores cost: `cargo bench -p mfakit-tests --features redis --bench stores`.
//!
//! Prints one table. Needs `redis-server`; starts one of its own on a free port and ends it.
//!
//! | row | what is measured |
//! |---|---|
//! | commands | how many commands a guarded request is on Redis, by the server's own count |
//! | throughput | `RedisStore::grant` with 32 in flight, against raw `GET` of as many bytes on one multiplexed connection |
//! | latency | the same one after the other, medians |
//! | memory | bytes of a live grant at 1,000,000 in the memory store |
//! | ceremonies | starts and verifies a second through the engine, 32 in flight, on both stores |
//!
//! Raw commands and ours take turns within one run, since a shared machine is faster at one moment than at the next.
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
    // Cargo passes `--bench`; there is nothing to choose here.
    println!("{:<64} {:>12}", "memory: bytes of a live grant at 1,000,000", memory::bytes_per_grant());
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        reads::print().await;
        ceremonies::print().await;
    });
}
