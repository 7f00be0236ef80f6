//! The chores of the workspace: `cargo xtask <chore>`.
//!
//! What CI runs, a laptop runs.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a chore says what it does")]

mod browser;
mod check;
mod debian;
mod python;
mod redis;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use shell::{Failed, cargo};

/// The chores of the mfakit workspace.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need beyond cargo, and run all of them.
    Test,
    /// Formatting, clippy and docs with warnings as errors, and each feature alone.
    Check,
    /// Everything that CI runs: check, then test.
    Ci,
    /// What a guard costs, in one run.
    Bench,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test => test::test(),
        Chore::Check => check::check(),
        Chore::Ci => shell::all([check::check(), test::test()]),
        Chore::Bench => cargo(["bench", "--package", "mfakit-tests"]),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(what)) => {
            println!("xtask: {what}");
            ExitCode::FAILURE
        }
    }
}
