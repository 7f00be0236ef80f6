//! A bank under test.

use std::net::TcpListener;

use bank::Bank;
use mfakit::Mfa;

/// A bank under test.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// What the program calls itself, and its session's cookie.
    pub name: &'static str,
    /// Where the program is.
    pub program: &'static str,
    /// Serves the library with this bank and engine, as a task of the test's.
    pub serve: fn(TcpListener, Bank, Mfa),
    /// Who writes to the log when everything is logged.
    pub log_sources: &'static [&'static str],
}
