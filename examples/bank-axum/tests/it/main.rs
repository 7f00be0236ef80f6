//! Tests of the bank, mostly over HTTP with the program as a separate process.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails if something is missing")]

use std::net::TcpListener;

use bank::{Bank, Inbox};
use bank_axum::App;
use bank_tests::Candidate;
use mfakit::Mfa;
use tower_sessions::MemoryStore;

mod unpolled_body;

bank_tests::every_flow!(crate::BANK);

const BANK: Candidate = Candidate {
    name: "bank-axum",
    program: env!("CARGO_BIN_EXE_bank-axum"),
    serve,
    log_sources: &["mfakit", "tower_http", "tower_sessions", "hyper_util"],
};

fn serve(listener: TcpListener, bank: Bank, mfa: Mfa) {
    let router = App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default());
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
}
