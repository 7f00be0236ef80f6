//! The bank as people and programs meet it: mostly over HTTP, with the program started as a process.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something is missing"
)]

mod browser;
mod program;

mod broken_store;
mod forged;
mod in_process;
mod ledger;
mod logs;
mod start_up;
mod unread_body;
mod with_forms;
mod with_json;
