//! The memory store keeps what every store has to keep, and the suite notices a store that does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it is wrong")]

mod broken;
mod model;
mod operations;
mod suite;
