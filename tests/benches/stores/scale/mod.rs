//! The memory store with many users: pauses, and memory per grant.
//!
//! Each row runs in a process of its own, so that the memory of one row does not count for the next. Ceremonies call
//! the verbs of the store in the order of the engine, with the limits of the default policy. Every user has a number
//! and an address of their own.
//!
//! A pause on a shared machine is often a wait for a core, which says nothing about the store. So starts and verifies are
//! measured by the time that their thread spent on a core, and reads without the waits of their thread and of the one
//! that may hold the lock.

mod ceremony;
mod kinds;
mod row;
mod stopwatch;
mod times;

use std::{env, process::Command};

use row::Row;

/// Argument that makes the program measure one row.
const ONE_ROW: &str = "--row-of-scale";

/// Live grants, and the time between two ceremonies in milliseconds.
const ROWS: [(u64, u64); 4] = [(10_000, 10), (100_000, 10), (1_000_000, 10), (1_000_000, 3)];

/// Measures one row and prints it, if the arguments say so. Returns whether they did.
pub(crate) fn measures_row() -> bool {
    let arguments: Vec<_> = env::args().skip_while(|argument| argument != ONE_ROW).collect();
    let [_, grants, apart, ..] = arguments.as_slice() else { return false };
    print!("{}", Row::measure(grants.parse().unwrap(), apart.parse().unwrap()));
    true
}

/// Prints the memory of each kind of record.
pub(crate) fn print_kinds() {
    kinds::print();
}

/// Prints the table. Each process writes a column of it.
pub(crate) fn print() {
    let columns: Vec<Vec<String>> = ROWS
        .iter()
        .map(|(grants, apart)| {
            let mut row = Command::new(env::current_exe().unwrap());
            let output = row.args([ONE_ROW, &grants.to_string(), &apart.to_string()]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
        })
        .collect();
    for (at, name) in Row::NAMES.iter().enumerate() {
        print!("{name:<64}");
        columns.iter().for_each(|column| print!(" {:>12}", column[at]));
        println!();
    }
}
