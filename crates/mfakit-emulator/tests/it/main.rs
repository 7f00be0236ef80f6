//! The emulator over real HTTP on loopback, as an app and a person see it.

// Clippy lets `#[test]` functions unwrap and index by itself; what they share does it for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod api_limits;
mod authentication;
mod calls;
mod clock;
mod desk;
mod faults;
mod loopback;
mod page;
mod program;
mod schema;
mod sending;
mod verifying;
