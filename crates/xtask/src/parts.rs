//! Parts of a chore, each with its time and its outcome.
//!
//! A part that fails does not stop the parts after it. [`Parts::finish`] prints the times and returns all failures.

use std::time::{Duration, Instant};

use crate::shell::Failed;

/// Parts that take less are printed as one line.
const SHORT: Duration = Duration::from_secs(1);

/// Parts that have ended, in order.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    times: Vec<(String, Duration)>,
    failed: Vec<String>,
}

impl Parts {
    /// Runs a part, and returns its value. Returns `None` if it failed.
    pub(crate) fn run<T>(&mut self, name: &str, part: impl FnOnce() -> Result<T, Failed>) -> Option<T> {
        let begin = Instant::now();
        let done = part();
        self.took(name, begin.elapsed());
        done.map_err(|why| self.fail(why)).ok()
    }

    /// Adds a part that has ended.
    pub(crate) fn took(&mut self, name: &str, time: Duration) {
        self.times.push((name.to_owned(), time));
    }

    /// Adds a failure, and prints it.
    pub(crate) fn fail(&mut self, Failed(why): Failed) {
        println!("xtask: {why}");
        self.failed.push(why);
    }

    /// Prints the time of each part, and returns all failures as one. Each was printed before, but much may have been
    /// printed since.
    pub(crate) fn finish(self) -> Result<(), Failed> {
        println!("\n{}", self.table());
        if self.failed.is_empty() { Ok(()) } else { Err(Failed(self.failed.join("\nxtask: "))) }
    }

    fn table(&self) -> String {
        let (long, short): (Vec<_>, Vec<_>) = self.times.iter().partition(|(_, time)| *time >= SHORT);
        let sum = |times: &[&(String, Duration)]| times.iter().map(|(_, time)| *time).sum::<Duration>();
        let mut rows: Vec<_> = long.iter().map(|(name, time)| row(*time, name)).collect();
        if !short.is_empty() {
            rows.push(row(sum(&short), &format!("in {} shorter parts", short.len())));
        }
        rows.push(row(sum(&long) + sum(&short), "in all"));
        format!("xtask: time by part\n{}", rows.join("\n"))
    }
}

fn row(time: Duration, name: &str) -> String {
    format!("{:>8.1} s  {name}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_does_not_stop_later_parts_and_all_failures_are_returned() {
        let mut parts = Parts::default();
        assert_eq!(parts.run::<()>("first", || Err(Failed("the first broke".into()))), None);
        assert_eq!(parts.run("second", || Ok(2)), Some(2));
        assert_eq!(parts.run::<()>("third", || Err(Failed("the third broke".into()))), None);
        let Failed(why) = parts.finish().unwrap_err();
        assert_eq!(why, "the first broke\nxtask: the third broke");
    }

    #[test]
    fn parts_without_a_failure_succeed() {
        let mut parts = Parts::default();
        parts.run("only", || Ok(()));
        assert!(parts.finish().is_ok());
    }

    #[test]
    fn the_table_sums_up_short_parts() {
        let mut parts = Parts::default();
        for (name, milliseconds) in [("compile", 61_250), ("a", 400), ("doc", 1_000), ("b", 350)] {
            parts.took(name, Duration::from_millis(milliseconds));
        }
        let expected = "xtask: time by part
    61.2 s  compile
     1.0 s  doc
     0.8 s  in 2 shorter parts
    63.0 s  in all";
        assert_eq!(parts.table(), expected);
    }
}
