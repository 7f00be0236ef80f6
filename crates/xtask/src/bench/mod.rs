//! Measures the cost of a guard, alone or beside an earlier revision.
//!
//! The programs of both revisions stay alive and answer slices of requests in turn, on one core. A machine that becomes
//! slower then slows both, and the ratio of two slices that follow each other stays the same.

mod program;
mod revision;
mod times;

use clap::Args;

use crate::{
    bench::{program::Program, times::Times},
    shell::{Failed, cargo, root, target},
};

/// Benchmarks that know slices.
const BENCHES: [&str; 2] = ["guard", "guard_actix"];

/// Requests of a slice. They take about half a millisecond.
const REQUESTS: u32 = 256;

/// Options of the chore.
#[derive(Args)]
pub(crate) struct Options {
    /// Compare the guards with those of a revision of git, in one run. The revision must be 11365a7 or later.
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,
    /// Slices of each row and revision.
    #[arg(long, value_name = "NUMBER", default_value_t = 301, requires = "against")]
    slices: u32,
}

/// Runs the benchmarks, or compares two revisions.
pub(crate) fn bench(options: &Options) -> Result<(), Failed> {
    let Some(revision) = &options.against else {
        return cargo(["bench", "--package", "mfakit-tests"]);
    };
    let tree = revision::check_out(revision)?;
    let before = revision::build(&tree, &tree.join("target"), &BENCHES)?;
    let after = revision::build(&root(), &target(), &BENCHES)?;
    let core = program::core();
    match &core {
        Some(core) => println!("xtask: both programs run on core {core}"),
        None => println!("xtask: without `taskset`, both programs run on any core"),
    }
    for ((bench, before), after) in BENCHES.iter().zip(before).zip(after) {
        let mut before = Program::start(&before, core.as_deref())?;
        let mut after = Program::start(&after, core.as_deref())?;
        println!("\n{bench}, {revision} before, {} slices of {REQUESTS} requests:\n", options.slices);
        let times = in_turn(&mut before, &mut after, options.slices)?;
        print_table(&before, &after, &times);
    }
    Ok(())
}

/// Runs the slices of both programs in turn. Returns the times of each row of the second program.
fn in_turn(before: &mut Program, after: &mut Program, slices: u32) -> Result<Vec<Times>, Failed> {
    let mut times = vec![Times::default(); after.rows().len()];
    let rows_before: Vec<_> = after.rows().iter().map(|row| before.position(&row.name)).collect();
    for slice in 0..slices {
        for (row_after, (row_before, times)) in rows_before.iter().zip(&mut times).enumerate() {
            let Some(row_before) = *row_before else { continue };
            // The first of two slices finds the caches of the other row. It is each program's turn to be first.
            if slice % 2 == 0 {
                let first = before.time(row_before, REQUESTS)?;
                times.push(first, after.time(row_after, REQUESTS)?);
            } else {
                let first = after.time(row_after, REQUESTS)?;
                times.push(before.time(row_before, REQUESTS)?, first);
            }
        }
    }
    Ok(times)
}

/// Prints a table in Markdown.
fn print_table(before: &Program, after: &Program, times: &[Times]) {
    println!(
        "| row | before, ns | after, ns | after/before (quartiles) | allocations | over the row | before, ns | after, ns | after/before |"
    );
    println!("|---|---:|---:|---:|---:|---|---:|---:|---:|");
    for (row, of_row) in after.rows().iter().zip(times) {
        let Some(earlier) = before.rows().iter().find(|earlier| earlier.name == row.name) else { continue };
        let [low, middle, high] = of_row.ratios();
        print!(
            "| {} | {:.0} | {:.0} | {middle:.2} ({low:.2} to {high:.2})",
            row.name,
            of_row.before(),
            of_row.after()
        );
        print!(" | {} to {} | ", earlier.allocations, row.allocations);
        match after.position(&row.over).and_then(|base| times.get(base)) {
            Some(base) => {
                let over = of_row.over(base);
                let (before, after) = (over.before(), over.after());
                println!("{} | {before:.0} | {after:.0} | {:.2} |", row.over, after / before);
            }
            None => println!("| | | |"),
        }
    }
}
