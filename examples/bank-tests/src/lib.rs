//! Tests of every example bank, independent of the web framework.
//!
//! The tests of a bank describe it as a [`Candidate`], and get a test for every flow:
//!
//! ```ignore
//! const BANK: Candidate = Candidate { name: "bank-axum", program: env!("CARGO_BIN_EXE_bank-axum"), .. };
//! bank_tests::every_flow!(crate::BANK);
//! ```
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails if something is missing"
)]

mod candidate;

pub mod browser;
pub mod program;

pub mod ceremony;

pub mod approvals;
pub mod branches;
pub mod languages;
pub mod mail_server;
pub mod reading;
pub mod strangers;

pub mod changes;

pub mod flows;

pub use candidate::Candidate;
