//! The engine, the memory store and the builder's errors, without HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic fails the test")]

mod addresses;
mod administer;
mod bound;
mod broken_store;
mod builder;
mod ceremony;
mod directory;
mod enrollment;
mod events;
mod grant_user;
mod health;
mod languages;
mod locks;
mod lost_answer;
mod memory;
mod numbers;
mod once;
mod panics;
mod pieces;
mod plurals;
mod rejections;
mod repeats;
mod risk;
mod rotation;
mod scopes;
mod script;
mod sends;
mod shared_memory;
mod spans;
mod test_tools;
mod world;
