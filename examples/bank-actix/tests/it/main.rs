//! Tests of the bank, mostly over HTTP with the program as a separate process.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails if something is missing")]

use std::net::TcpListener;

use actix_web::HttpServer;
use bank::{Bank, Inbox};
use bank_actix::{Sessions, app};
use bank_tests::Candidate;
use mfakit::Mfa;

mod unpolled_body;

bank_tests::every_flow!(crate::BANK);

const BANK: Candidate = Candidate {
    name: "bank-actix",
    program: env!("CARGO_BIN_EXE_bank-actix"),
    serve,
    log_sources: &["mfakit", "actix_web", "actix_http", "actix_server", "hyper_util"],
};

fn serve(listener: TcpListener, bank: Bank, mfa: Mfa) {
    let sessions = Sessions::in_memory();
    let server = HttpServer::new(move || app(bank.clone(), mfa.clone(), Inbox::default(), sessions.clone()))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    tokio::spawn(server);
}
