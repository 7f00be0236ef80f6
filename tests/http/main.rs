//! The HTTP contract as one table of named cases, which every framework runs.
//!
//! A case runs in a [world](world::World): the standard app on some framework, with a clock that it can move,
//! a provider, a store and a directory that fail on demand, and a log that it can read. It sends an
//! [`ask::Ask`] and gets a [`heard::Heard`]. Both are plain types, so the same case runs on any
//! [`Framework`](framework::Framework).
//!
//! Each case is a test of its own on each framework. Run one, or several, by part of its name:
//!
//! ```sh
//! cargo test --package mfakit-tests --test http -- 'axum::a code works once'
//! ```
//!
//! A harness of this crate runs them, so a function with `#[test]` here would never run; the trial
//! `no test here is out of reach of the harness` looks for one.

// Clippy lets `#[test]` functions unwrap, index and print. Their shared code does it for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ask;
mod case;
mod cases;
mod faults;
mod framework;
mod frameworks;
mod heard;
mod log;
mod notices;
mod payment;
mod reach;
mod same_bytes;
mod served;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Name with which the modules here import each other.
use crate as http;

fn main() -> ExitCode {
    let mut trials = case::trials(frameworks::axum::Axum, cases::all());
    trials.extend(case::trials(frameworks::actix::Actix, cases::all()));
    trials.extend([
        trial(
            "same_bytes::both_frameworks_serve_the_same_bytes",
            same_bytes::both_frameworks_serve_the_same_bytes,
        ),
        trial("no test here is out of reach of the harness", reach::no_test_is_out_of_reach),
    ]);
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Returns a test with this name, which fails by a panic.
fn trial(name: impl Into<String>, test: impl FnOnce() + Send + 'static) -> Trial {
    let name = name.into();
    // A panic reports its thread, and so its test.
    let thread = std::thread::Builder::new().name(name.clone());
    Trial::test(name, move || match thread.spawn(test)?.join() {
        Ok(()) => Ok(()),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
