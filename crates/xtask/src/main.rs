//! Chores of the workspace: `cargo xtask <chore>`.
//!
//! CI runs nothing else, so that its results can be reproduced on a laptop.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a chore prints what it does")]

mod browser;
mod check;
mod debian;
mod prose;
mod python;
mod redis;
mod shell;
mod test;

use std::{path::PathBuf, process::ExitCode};

use crate::shell::{Failed, cargo};
use clap::{Parser, Subcommand};

/// Runs the chores of the mfakit workspace.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need beyond cargo, and run all tests.
    Test,
    /// Check formatting, clippy and docs with warnings as errors, the English of the docs, and each feature alone.
    Check,
    /// Check the English of the documentation.
    Prose {
        /// Root of the checkout. The default is the workspace that xtask was built in.
        root: Option<PathBuf>,
    },
    /// Run everything that CI runs: check, then test.
    Ci,
    /// Measure the cost of a guard.
    Bench,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test => test::test(),
        Chore::Check => check::check(),
        Chore::Prose { root } => prose::prose(&root.unwrap_or_else(shell::root)),
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
