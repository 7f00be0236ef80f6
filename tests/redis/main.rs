//! Tests on a real Redis: the store, its failures, and apps with several instances.

// Clippy allows `#[test]` functions to unwrap, index and print. Their shared functions do so for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod approved_once;
mod bound;
mod clocks;
mod cluster;
mod conformance;
mod consumed;
mod enrollment;
mod gate;
mod growth;
mod health;
mod kit;
mod layout;
mod leftovers;
mod logged;
mod model;
#[path = "../../crates/mfakit-core/tests/conformance/operations.rs"]
mod operations;
mod order;
mod outages;
mod own;
mod own_tests;
mod promotion;
mod races;
mod records;
mod recovery;
mod release_before;
mod replicas;
mod rolling_upgrade;
mod round_trips;
mod sentinel;
mod sentinel_server;
mod server;
mod smoke;
mod start_up;
mod tls;
mod two_instances;
mod verbs;
mod won_once;
