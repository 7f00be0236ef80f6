//! Tests that ran and passed, read from the output of a whole run.

/// Tests that ran and passed, by their full names.
#[derive(Debug, Default)]
pub(super) struct Ran(Vec<String>);

/// Parts of a test's path that name its place or its framework, and not the test itself.
const PLACES: [&str; 3] = ["tests", "axum", "actix"];

impl Ran {
    /// Reads the lines that the harnesses print: `test {name} ... ok`. A test that was ignored, that failed,
    /// or that no harness includes did not run. The output of a test may stand between the dots and the `ok`.
    pub(super) fn read(output: &str) -> Self {
        let (mut ran, mut begun) = (Vec::new(), None);
        for line in output.lines() {
            if let Some((name, outcome)) =
                line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... "))
            {
                // Some harnesses align what follows the names.
                let name = name.trim_end();
                begun = None;
                if outcome == "ok" {
                    ran.push(name.to_owned());
                } else if outcome != "FAILED" && !outcome.starts_with("ignored") {
                    begun = Some(name);
                }
            } else if line == "ok" {
                ran.extend(begun.take().map(str::to_owned));
            }
        }
        Self(ran)
    }

    /// Returns the number of tests.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns whether a test of this name ran. The name is `{module}::{function}` at the end of its path, or
    /// a sentence of the HTTP table, which must have run on both frameworks. Braces in a sentence stand for
    /// any text. A test at the root of its target has no module in its path, so only its function is
    /// compared.
    pub(super) fn has(&self, name: &str) -> bool {
        if name.contains(' ') {
            let on = |framework: &str| {
                let cases = self.0.iter().filter_map(|ran| ran.strip_prefix(framework));
                cases.into_iter().any(|case| fits(name, case))
            };
            return on("axum::") && on("actix::");
        }
        let wanted: Vec<_> = name.split("::").filter(|part| !PLACES.contains(part)).collect();
        self.0.iter().any(|ran| {
            let path: Vec<_> = ran.split("::").filter(|part| !PLACES.contains(part)).collect();
            path.ends_with(&wanted) || (path.len() == 1 && wanted.ends_with(&path))
        })
    }
}

/// Returns whether a text is a sentence with its braces filled in.
fn fits(sentence: &str, text: &str) -> bool {
    let Some((before, rest)) = sentence.split_once('{') else { return sentence == text };
    let Some((_, after)) = rest.split_once('}') else { return sentence == text };
    let Some(text) = text.strip_prefix(before) else { return false };
    // A filled-in text has at least one character.
    text.char_indices()
        .skip(1)
        .map(|(at, _)| &text[at..])
        .chain([""])
        .any(|rest| !text.is_empty() && fits(after, rest))
}

#[test]
fn a_named_test_that_did_not_run_or_did_not_pass_is_reported() {
    let ran = Ran::read(
        "running 9 tests
test locks::it_locks ... ok
test memory::tests::it_is_full ... ok
test dialog::axum::it_opens ... ok
test uploads::axum::it_arrives_on_axum ... ok
test locks::it_is_slow ... ignored, takes an hour
test locks::it_breaks ... FAILED
test locks::it_talks ... what it prints without a line of its own
ok
test axum::a code with a space is taken     ... ok
test actix::a code with a space is taken ... ok
test axum::a code with a dash is rejected ... ok
test actix::a code with a dash is rejected ... FAILED
test the_root_has_it ... ok
test result: FAILED. 8 passed",
    );
    assert_eq!(ran.count(), 9);
    for name in [
        "locks::it_locks",
        "memory::it_is_full",
        "axum::it_arrives_on_axum",
        "dialog::it_opens",
        "locks::it_talks",
        "ui::the_root_has_it",
        "a code with a space is taken",
        "a code with {what} is {outcome}",
        "a code with {what} is taken",
    ] {
        assert!(ran.has(name), "{name}");
    }
    for name in [
        "locks::it_is_slow",
        "locks::it_breaks",
        "locks::it_does_not_exist",
        "it_locks::it_locks",
        "ocks::it_locks",
        "a code with a space is take",
        "a code with a dash is rejected",
        "a code with {what} is rejected",
        "a code with a space is taken{what}",
        "no such case",
    ] {
        assert!(!ran.has(name), "{name}");
    }
}
