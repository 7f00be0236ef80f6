//! Rows of a benchmark, measured by criterion or in slices.
//!
//! `cargo xtask bench --against` runs the program with `--slices`. The program prints a line for each row: its name, the
//! name of the row that it is compared with, and its allocations, separated by tabs. An empty line follows. For each line
//! of standard input, a row's index and a number of requests, it then prints the nanoseconds of these requests.

use std::{
    env,
    hint::black_box,
    io::{self, BufRead, Write},
    time::{Duration, Instant},
};

use criterion::{BatchSize, Criterion};

/// Requests that are built before the first of them is timed. They fit into the CPU cache, as in a server, which answers
/// what it has just read.
const BATCH: usize = 8;

/// One app, and the requests that it answers.
pub(crate) struct Row<Q, A> {
    pub(crate) name: &'static str,
    /// The row with the same layers around the app and no guard. Empty if there is none.
    pub(crate) over: &'static str,
    pub(crate) request: Box<dyn Fn() -> Q>,
    pub(crate) answer: Box<dyn FnMut(Q) -> A>,
}

impl<Q, A> Row<Q, A> {
    /// Returns the allocations of one request.
    fn allocations(&mut self) -> u64 {
        let (request, mut answer) = ((self.request)(), None);
        let counted = allocation_counter::measure(|| answer = Some((self.answer)(request)));
        counted.count_total
    }

    /// Returns the time of a number of requests, after a few that are not timed.
    fn time(&mut self, requests: usize) -> Duration {
        self.time_batch(BATCH);
        let batches = (0..requests).step_by(BATCH).map(|done| BATCH.min(requests - done));
        batches.map(|batch| self.time_batch(batch)).sum()
    }

    fn time_batch(&mut self, requests: usize) -> Duration {
        let batch: Vec<Q> = (0..requests).map(|_| (self.request)()).collect();
        let mut answers = Vec::with_capacity(requests);
        let begun = Instant::now();
        for request in batch {
            answers.push(black_box((self.answer)(request)));
        }
        begun.elapsed()
    }
}

/// Measures the rows as the arguments of the program say.
pub(crate) fn measure<Q, A>(group: &str, rows: &mut [Row<Q, A>], status: fn(&A) -> u16) {
    for row in &mut *rows {
        for _ in 0..BATCH {
            assert_eq!(status(&(row.answer)((row.request)())), 200, "{}", row.name);
        }
    }
    if env::args().any(|argument| argument == "--slices") {
        serve(rows).unwrap();
    } else {
        by_criterion(group, rows);
    }
}

fn by_criterion<Q, A>(group: &str, rows: &mut [Row<Q, A>]) {
    println!("allocations a request:");
    for row in &mut *rows {
        let allocations = row.allocations();
        println!("  {:<24} {allocations:>3}", row.name);
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(group);
    group.sample_size(200);
    for Row { name, request, answer, .. } in rows {
        group.bench_function(*name, |bencher| {
            // One at a time, for the same reason as the batches.
            bencher.iter_batched(&*request, |request| black_box(answer(request)), BatchSize::PerIteration);
        });
    }
    group.finish();
    criterion.final_summary();
}

fn serve<Q, A>(rows: &mut [Row<Q, A>]) -> io::Result<()> {
    let mut output = io::stdout();
    for row in &mut *rows {
        let allocations = row.allocations();
        writeln!(output, "{}\t{}\t{allocations}", row.name, row.over)?;
    }
    writeln!(output)?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (at, requests) = line.split_once(' ').unwrap();
        let took = rows[at.parse::<usize>().unwrap()].time(requests.parse().unwrap());
        writeln!(output, "{}", took.as_nanos())?;
        output.flush()?;
    }
    Ok(())
}
