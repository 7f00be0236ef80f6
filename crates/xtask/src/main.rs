//! Chores of the workspace: `cargo xtask <chore>`.
//!
//! CI runs nothing else, so that its results can be reproduced on a laptop.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a chore prints what it does")]

mod bench;
mod browser;
mod check;
mod debian;
mod equipment;
mod msrv;
mod openssl;
mod parts;
mod phone_plans;
mod postgres;
mod prose;
mod python;
mod record;
mod redis;
mod shell;
mod test;
mod weigh;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{equipment::Equipment, parts::Parts, shell::Failed};

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
    Test(Skip),
    /// Check formatting, clippy and docs with warnings as errors, the English of the docs, each feature alone, and
    /// the licenses and sources of dependencies.
    Check,
    /// Check the English of the documentation.
    Prose {
        /// Root of the checkout. The default is the workspace that xtask was built in.
        root: Option<PathBuf>,
    },
    /// Write the numbering plans of `mfakit-core` from the pinned metadata of libphonenumber.
    PhonePlans,
    /// Run everything that CI runs: check, then test.
    Ci(Skip),
    /// Measure the cost of a guard, alone or beside an earlier revision.
    Bench(bench::Options),
    /// Count the packages that mfakit adds to an app, and fail if there are too many.
    Weigh {
        /// Also measure the CPU seconds of clean builds.
        #[arg(long)]
        build: bool,
    },
}

#[derive(Args)]
struct Skip {
    /// Tests to leave out, together with the installation of what they need.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "TESTS")]
    skip: Vec<Equipment>,
}

fn main() -> ExitCode {
    let mut parts = Parts::default();
    let done = match Cli::parse().chore {
        Chore::Test(Skip { skip }) => {
            test::test(&mut parts, &skip);
            parts.finish()
        }
        Chore::Check => {
            check::check(&mut parts);
            parts.finish()
        }
        Chore::Prose { root } => prose::prose(&root.unwrap_or_else(shell::root)),
        Chore::Ci(Skip { skip }) => {
            check::check(&mut parts);
            test::test(&mut parts, &skip);
            parts.finish()
        }
        Chore::PhonePlans => phone_plans::write(),
        Chore::Weigh { build } => weigh::weigh(build),
        Chore::Bench(options) => bench::bench(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(what)) => {
            println!("xtask: {what}");
            ExitCode::FAILURE
        }
    }
}
