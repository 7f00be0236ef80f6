//! Output of a run of cargo's tests: a copy of what the tests print, and the time of each test binary.
//!
//! Before it starts a binary, cargo prints a line to its standard error: `Running unittests src/lib.rs
//! (target/debug/deps/mfakit-0123)`, or `Doc-tests mfakit`. Everything until the first such line is compilation.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::shell::{Failed, root, shown};

/// Name of the part before the first binary.
const COMPILE: &str = "compile the tests";

/// Run of tests that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// Failure of the command.
    pub(crate) outcome: Result<(), Failed>,
    /// Time of compilation, of each binary, and of each crate's doc tests.
    pub(crate) times: Vec<(String, Duration)>,
    /// Test targets that failed, as cargo names them. A binary that crashed is among them.
    pub(crate) targets: Vec<String>,
}

impl Run {
    /// Returns true if at least one binary ran, so that everything had been compiled.
    pub(crate) fn compiled(&self) -> bool {
        self.times.len() > 1
    }
}

/// Runs cargo, shows its output, and copies its standard output to a file.
pub(crate) fn record(cargo: &mut Command, copy: &Path) -> Run {
    println!("xtask: {}", shown(cargo));
    // The lines are read, so they must not have colors, even if the environment asks for them.
    cargo.env("CARGO_TERM_COLOR", "never").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut log = Log::new();
    let outcome = match watch(cargo, copy, &mut log) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{} ended with {status}", shown(cargo)))),
        Err(error) => Err(Failed(format!("{} did not finish: {error}", shown(cargo)))),
    };
    log.end();
    Run { outcome, times: log.times, targets: log.targets }
}

fn watch(cargo: &mut Command, copy: &Path, log: &mut Log) -> io::Result<ExitStatus> {
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder)?;
    }
    let copy = File::create(copy)?;
    let mut child = cargo.spawn()?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let copied = scope.spawn(move || output.map_or(Ok(()), |output| copy_output(output, copy)));
        let mut errors = errors.map(BufReader::new);
        let mut line = Vec::new();
        while let Some(errors) = &mut errors {
            line.clear();
            if errors.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            log.read(&String::from_utf8_lossy(&line));
            io::stderr().write_all(&line)?;
        }
        copied.join().map_err(|_| io::Error::other("the copy stopped"))?
    })?;
    child.wait()
}

fn copy_output(mut output: impl Read, mut copy: File) -> io::Result<()> {
    let mut bytes = [0; 8192];
    loop {
        let count = output.read(&mut bytes)?;
        let Some(read) = bytes.get(..count).filter(|read| !read.is_empty()) else { return Ok(()) };
        io::stdout().write_all(read)?;
        io::stdout().flush()?;
        copy.write_all(read)?;
    }
}

/// Standard error of cargo, as far as it was read.
struct Log {
    times: Vec<(String, Duration)>,
    targets: Vec<String>,
    current: String,
    begin: Instant,
}

impl Log {
    fn new() -> Self {
        Self { times: Vec::new(), targets: Vec::new(), current: COMPILE.to_owned(), begin: Instant::now() }
    }

    fn read(&mut self, line: &str) {
        if let Some(name) = started(line) {
            self.end();
            (self.current, self.begin) = (name, Instant::now());
        } else if let Some(target) =
            line.trim_end().strip_prefix("    `").and_then(|line| line.strip_suffix('`'))
        {
            self.targets.push(target.to_owned());
        }
    }

    fn end(&mut self) {
        self.times.push((std::mem::take(&mut self.current), self.begin.elapsed()));
    }
}

/// Returns the name of the binary that cargo starts.
fn started(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("doc tests of {name}"));
    }
    let (source, binary) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
    Some(path_of_source(Path::new(binary)).unwrap_or_else(|| source.to_owned()))
}

/// Reads the path of the binary's first source, from the root of the workspace, from the compiler's list beside the
/// binary. cargo prints the path from the package, which is the same in several packages.
fn path_of_source(binary: &Path) -> Option<String> {
    let list = fs::read_to_string(root().join(binary).with_extension("d")).ok()?;
    let (_, sources) = list.lines().next()?.split_once(": ")?;
    sources.split_whitespace().next().map(|path| path.trim_end_matches("/main.rs").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{command, target};

    #[test]
    fn the_start_of_a_binary_is_recognized() {
        for (line, name) in [
            ("     Running tests/it/main.rs (target/debug/deps/no-such-binary)", Some("tests/it/main.rs")),
            ("     Running unittests src/lib.rs (/none/deps/xtask-1)", Some("unittests src/lib.rs")),
            ("   Doc-tests mfakit_core", Some("doc tests of mfakit_core")),
            ("   Compiling mfakit v0.1.0 (/src/mfakit)", None),
            ("    Finished `test` profile [unoptimized] target(s) in 0.5s", None),
            ("Running", None),
        ] {
            assert_eq!(started(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn a_run_has_a_time_for_each_binary_and_names_the_targets_that_failed() {
        let mut log = Log::new();
        for line in [
            "   Compiling mfakit v0.1.0\n",
            "     Running tests/it/main.rs (no/binary)\n",
            "error: test failed, to rerun pass `-p mfakit --test it`\n",
            "   Doc-tests mfakit\n",
            "error: 1 target failed:\n",
            "    `-p mfakit --test it`\n",
        ] {
            log.read(line);
        }
        log.end();
        let names: Vec<_> = log.times.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [COMPILE, "tests/it/main.rs", "doc tests of mfakit"]);
        assert_eq!(log.targets, ["-p mfakit --test it"]);
    }

    #[test]
    fn output_is_copied_and_a_failure_is_reported() {
        let copy = target().join("xtask/record-test.txt");
        let succeeded = record(&mut command("cargo", ["--version"]), &copy);
        assert!(fs::read_to_string(&copy).unwrap().starts_with("cargo "));
        assert!(succeeded.outcome.is_ok() && !succeeded.compiled());
        let failed = record(&mut command("cargo", ["test", "--no-such-option"]), &copy);
        assert!(failed.outcome.is_err() && !failed.compiled());
        assert_eq!(fs::read_to_string(&copy).unwrap(), "");
        fs::remove_file(copy).unwrap();
    }
}
