//! Tests of the emulator over real HTTP on loopback.

// Clippy allows unwrapping and indexing in `#[test]` functions. Their shared functions may do it for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod api_limits;
mod authentication;
mod calls;
mod clock;
mod faults;
mod fixture;
mod loopback;
mod page;
mod program;
mod schema;
mod sending;
mod texts;
mod verifying;
