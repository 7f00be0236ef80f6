//! The memory store keeps every guarantee, and the suite detects stores that do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic fails the test")]

mod broken;
mod broken_actions;
mod broken_consumed;
mod detection;
mod fault;
mod ledger_bytes;
mod ledgers;
mod model;
mod operations;
mod suite;
