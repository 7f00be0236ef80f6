//! Tests of the store on SQLite and, with the feature `postgres`, on a real PostgreSQL.

// Clippy allows `#[test]` functions to unwrap, index and print. Their shared functions do so for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod banks;
mod by_hand;
mod cancelled;
mod clocks;
mod damage;
mod database;
mod exhausted;
mod groups;
mod guarantees;
mod guarded;
mod hanging;
#[cfg(feature = "postgres")]
mod isolation;
#[allow(dead_code, reason = "the tests of Redis need more of it")]
#[path = "../redis/kit.rs"]
mod kit;
#[cfg(feature = "postgres")]
mod leaks;
mod lock;
#[path = "../redis/logged.rs"]
mod logged;
mod migrations;
mod moves;
mod numbers;
#[path = "../../crates/mfakit-core/tests/conformance/operations.rs"]
mod operations;
#[cfg(feature = "postgres")]
mod outages;
mod pauses;
#[cfg(feature = "postgres")]
mod pgbouncer;
mod pools;
#[cfg(feature = "postgres")]
#[path = "../redis/port.rs"]
mod port;
mod processes;
#[cfg(feature = "postgres")]
mod roles;
#[cfg(feature = "postgres")]
mod server;
#[cfg(feature = "postgres")]
mod standby;
mod start_up;
mod stores;
mod sweep;
#[path = "../redis/won_once.rs"]
mod won_once;
mod workers;
