//! Runs all tests, with everything that they need beyond cargo.
//!
//! 1. If something cannot be installed, the tests that need it are skipped, and the chore fails at its end.
//!    All other tests run.
//! 2. A failing test does not stop the others. The end of the output names all that failed.
//! 3. The output of the run is kept, and `docs/security.md` is compared with it: a test that it names must
//!    have run.

use std::{ffi::OsString, fs, path::Path};

use crate::{
    browser, python, redis,
    shell::{self, Failed, command, target},
};

/// Test that compares `docs/security.md` with the record of a run.
const SECURITY_TABLE: &str = "security_table::every_test_that_is_named_ran_and_passed";

pub(crate) fn test() -> Result<(), Failed> {
    let equipment = [
        ("python", python::install_sdk().map(|python| vec![("MFAKIT_PYTHON", python.into_os_string())])),
        ("redis", redis::install().map(|()| Vec::new())),
        (
            "browser",
            browser::install()
                .and_then(|()| browser::install_axe())
                .map(|axe| vec![("MFAKIT_AXE", axe.into_os_string())]),
        ),
    ];
    let (mut features, mut environment, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (feature, installed) in equipment {
        match installed {
            Ok(variables) => {
                features.push(format!("mfakit-tests/{feature}"));
                environment.extend(variables);
            }
            Err(Failed(why)) => {
                failed.push(Failed(format!("the tests of the feature `{feature}` did not run: {why}")));
            }
        }
    }
    failed.extend(run(&features.join(","), &environment));
    shell::all(failed.into_iter().map(Err))
}

/// Runs the tests of these features, and returns the failures.
fn run(features: &str, environment: &[(&str, OsString)]) -> Vec<Failed> {
    let mut failed = Vec::new();
    let record = target().join("xtask/test-output.txt");
    let tests = || {
        let mut tests = command("cargo", ["test", "--workspace", "--features", features]);
        tests.envs(environment.iter().map(|(name, value)| (name, value)));
        tests
    };
    failed.extend(shell::run_recorded(tests().arg("--no-fail-fast"), &record).err());
    failed.extend(names_of_failures(&record));
    // Use the same packages and features, so that nothing is rebuilt.
    let mut table = tests();
    table.args(["--test", "it", "--", "--ignored", "--exact", SECURITY_TABLE]);
    failed.extend(shell::run(table.env("MFAKIT_TEST_RECORD", &record)).err());
    failed
}

/// Returns the names of the tests that failed, as one failure. `None` if none failed.
fn names_of_failures(record: &Path) -> Option<Failed> {
    let output = fs::read_to_string(record).unwrap_or_default();
    let names = failures(&output);
    (!names.is_empty())
        .then(|| Failed(format!("{} tests failed:\n       {}", names.len(), names.join("\n       "))))
}

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
