//! Program of a benchmark that stays alive and measures a slice for each line of its input.
//!
//! `tests/benches/world/row.rs` is the other side.

use std::{
    fmt::Display,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

use crate::shell::{Failed, command, succeeds};

/// Row of a benchmark.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Row that this one is compared with. Empty if there is none.
    pub(crate) over: String,
    /// Allocations of one request.
    pub(crate) allocations: u64,
}

impl Row {
    /// Reads a line such as `attribute\tMfaLayer\t2`.
    fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.split_once('\t')?;
        let (over, allocations) = rest.split_once('\t')?;
        Some(Self { name: name.to_owned(), over: over.to_owned(), allocations: allocations.parse().ok()? })
    }
}

/// Program that is running.
pub(crate) struct Program {
    name: String,
    child: Child,
    /// `None` once the program has been asked to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    rows: Vec<Row>,
}

impl Program {
    /// Starts a program, on one core if there is one, and waits until it has set up its rows.
    pub(crate) fn start(path: &Path, core: Option<&str>) -> Result<Self, Failed> {
        let name = path.display().to_string();
        let failed = |why: &dyn Display| Failed(format!("{name}: {why}"));
        let mut pinned = match core {
            Some(core) => command("taskset", ["-c", core]),
            None => Command::new(path),
        };
        if core.is_some() {
            pinned.arg(path);
        }
        let piped = pinned.arg("--slices").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().map_err(|error| failed(&error))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(&"no pipes"));
        };
        let mut output = BufReader::new(output);
        let rows = rows(&mut output).ok_or_else(|| failed(&"the program does not list its rows"))?;
        Ok(Self { name, child, input: Some(input), output, rows })
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the index of a row.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.name == name)
    }

    /// Returns the nanoseconds of a request, on average over a slice.
    pub(crate) fn time(&mut self, row: usize, requests: u32) -> Result<f64, Failed> {
        let mut answer = String::new();
        let asked = self.input.as_mut().and_then(|input| writeln!(input, "{row} {requests}").ok());
        let answered = asked.and_then(|()| self.output.read_line(&mut answer).ok());
        let nanoseconds = answered.and_then(|_| answer.trim_end().parse::<f64>().ok());
        let per_request = nanoseconds.map(|nanoseconds| nanoseconds / f64::from(requests));
        per_request.ok_or_else(|| Failed(format!("{}: no time in {answer:?}", self.name)))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program ends when its input does.
        drop(self.input.take());
        drop(self.child.wait());
    }
}

/// Reads the rows until an empty line.
fn rows(output: &mut impl BufRead) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok()?;
        match line.strip_suffix('\n')? {
            "" => return Some(rows),
            row => rows.push(Row::parse(row)?),
        }
    }
}

/// Returns the last core, if `taskset` can use it. The first one is often busy with interrupts.
pub(crate) fn core() -> Option<String> {
    let last = thread::available_parallelism().ok()?.get() - 1;
    let core = last.to_string();
    succeeds(&mut command("taskset", ["-c", &core, "true"])).then_some(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, over: &str, allocations: u64) -> Row {
        Row { name: name.to_owned(), over: over.to_owned(), allocations }
    }

    #[test]
    fn rows_end_with_an_empty_line() {
        let mut output = "no-op layer\t\t14\naxum-login, attribute\taxum-login\t45\n\n1200\n".as_bytes();
        let expected = vec![row("no-op layer", "", 14), row("axum-login, attribute", "axum-login", 45)];
        assert_eq!(rows(&mut output), Some(expected));
        assert_eq!(output, b"1200\n");
    }

    #[test]
    fn output_of_another_form_is_not_read_as_rows() {
        for output in [
            "",
            "attribute\tMfaLayer\t2\n",
            "attribute MfaLayer 2\n\n",
            "a\tb\tmany\n\n",
            "guard/attribute time: 1\n\n",
        ] {
            assert_eq!(rows(&mut output.as_bytes()), None, "{output:?}");
        }
    }
}
