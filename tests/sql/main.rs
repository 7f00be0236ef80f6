//! Tests of the store on SQLite and, with the feature `postgres`, on a real PostgreSQL.

// Clippy allows `#[test]` functions to unwrap, index and print. Their shared functions do so for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod database;
mod migrations;
#[cfg(feature = "postgres")]
mod outages;
#[cfg(feature = "postgres")]
mod pgbouncer;
#[cfg(feature = "postgres")]
#[path = "../redis/port.rs"]
mod port;
#[cfg(feature = "postgres")]
mod server;
mod start_up;
