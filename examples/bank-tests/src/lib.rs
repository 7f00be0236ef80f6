//! What is tested of every example bank, whatever framework it is built on.
//!
//! A bank says in its tests what it is, and gets a test for every flow:
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
    reason = "a test stops where something is missing"
)]

mod candidate;

pub mod browser;
pub mod program;

pub mod flows;

pub use candidate::Candidate;
