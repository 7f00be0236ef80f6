//! A bank under test.

use std::net::TcpListener;

use bank::Bank;
use mfakit::Mfa;

/// Description of a bank under test.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Name of the program and of its session cookie.
    pub name: &'static str,
    /// Path of the program.
    pub program: &'static str,
    /// Serves the library with this bank and engine, in a task of the test's runtime.
    pub serve: fn(TcpListener, Bank, Mfa),
    /// Crates that write to the log at level TRACE.
    pub log_sources: &'static [&'static str],
}
