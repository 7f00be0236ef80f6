//! Runs all tests, with everything that they need beyond cargo.
//!
//! 1. If something cannot be installed, the tests that need it are left out, and the chore fails at its end, unless
//!    they were skipped explicitly. All other tests run.
//! 2. A failing test does not stop the others. If a test binary does not compile, the unit tests and the doc tests
//!    still run. The end of the output names all that failed.
//! 3. The output of the run is kept, and `docs/security.md` is compared with it: a test that it names must
//!    have run.

use std::{ffi::OsString, fs, path::Path, process::Command};

use clap::ValueEnum as _;

use crate::{
    equipment::Equipment,
    parts::Parts,
    record::{Run, record},
    shell::{self, Failed, command, target},
};

/// Test that compares `docs/security.md` with the record of a run.
const SECURITY_TABLE: &str = "security_table::every_test_that_is_named_ran_and_passed";

/// Runs all tests except those that need the skipped equipment.
pub(crate) fn test(parts: &mut Parts, skip: &[Equipment]) {
    let (mut features, mut environment) = (Vec::new(), Vec::new());
    for equipment in Equipment::value_variants() {
        let name = equipment.name();
        if skip.contains(equipment) {
            println!("xtask: skipping the tests of the feature `{name}`");
        } else if let Some(variables) = parts.run(&format!("install for {name}"), || equipment.install()) {
            features.push(format!("mfakit-tests/{name}"));
            environment.extend(variables);
        }
    }
    let whole = features.len() == Equipment::value_variants().len();
    let features = features.join(",");
    let cargo = |arguments: &[&str]| cargo_test(&features, &environment, arguments);
    let copy = target().join("xtask/test-output.txt");
    let run = record(&mut cargo(&["--no-fail-fast"]), &copy);
    let compiled = run.compiled();
    add(parts, run, &copy);
    if !compiled {
        for kinds in [&["--no-fail-fast", "--lib", "--bins"][..], &["--no-fail-fast", "--doc"]] {
            add(parts, record(&mut cargo(kinds), &copy), &copy);
        }
    }
    if compiled && whole {
        // Use the same packages and features, so that nothing is rebuilt.
        let mut table = cargo(&["--test", "it", "--", "--ignored", "--exact", SECURITY_TABLE]);
        parts.run("security table", || shell::run(table.env("MFAKIT_TEST_RECORD", &copy)));
    } else {
        println!("xtask: docs/security.md was not compared with the run, because it was not a whole run");
    }
    // All other tests run with the data of the CLDR. Other features rebuild what the tests share, so this part is last.
    let english =
        ["test", "--package", "mfakit-core", "--no-default-features", "--features", "testing", "--lib"];
    parts.run("tests in English alone", || shell::cargo(english));
}

/// Creates a command that tests the workspace with these features.
fn cargo_test(features: &str, environment: &[(&str, OsString)], arguments: &[&str]) -> Command {
    let mut cargo = command("cargo", ["test", "--workspace", "--features", features]);
    cargo.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
    cargo
}

/// Adds the times and failures of a run.
fn add(parts: &mut Parts, run: Run, copy: &Path) {
    for (name, time) in &run.times {
        parts.took(name, *time);
    }
    if let Err(Failed(why)) = run.outcome {
        let output = fs::read_to_string(copy).unwrap_or_default();
        let targets = run.targets.iter().map(String::as_str).collect();
        let lists = [("tests", failures(&output)), ("targets", targets)];
        let lists = lists.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| {
            format!("\nxtask: failed {what}: {}\n       {}", names.len(), names.join("\n       "))
        });
        parts.fail(Failed(why + &lists.collect::<String>()));
    }
}

/// Returns the names of the tests that failed.
fn failures(output: &str) -> Vec<&str> {
    output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_listed() {
        let output = "running 3 tests
test locks::it_locks ... ok
test locks::it_breaks ... FAILED
test axum::a code is good once ... FAILED
test locks::it_is_slow ... ignored
test result: FAILED. 1 passed; 2 failed";
        assert_eq!(failures(output), ["locks::it_breaks", "axum::a code is good once"]);
        assert_eq!(failures("test result: ok. 3 passed"), [""; 0]);
    }
}
