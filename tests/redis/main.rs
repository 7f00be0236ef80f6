//! What needs a real Redis: the store on it, its failures, and apps on several instances.

// Clippy lets `#[test]` functions unwrap, index and print by itself; what they share does it for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cluster;
mod conformance;
mod kit;
mod layout;
mod leftovers;
mod model;
#[path = "../../crates/mfakit-core/tests/conformance/operations.rs"]
mod operations;
mod outages;
mod races;
mod records;
mod server;
mod smoke;
mod start_up;
mod tls;
mod two_instances;
mod verbs;
