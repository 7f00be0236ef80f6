//! The engine, the memory store and what the builder refuses, without HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it is wrong")]

mod builder;
mod ceremony;
mod memory;
mod shared_memory;
