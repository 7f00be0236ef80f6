//! The engine, the memory store and what the builder refuses, without HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it is wrong")]

mod addresses;
mod administer;
mod builder;
mod ceremony;
mod events;
mod languages;
mod locks;
mod memory;
mod numbers;
mod once;
mod panics;
mod plurals;
mod rejections;
mod repeats;
mod risk;
mod rotation;
mod script;
mod sends;
mod shared_memory;
mod world;
