//! `docs/security.md` has every row once, and names no test that does not exist or did not run.
//!
//! Two tests check the names. One looks for each of them in the sources, and runs with all the others. A test
//! in the sources may never run, so the other looks for each name among the tests that passed in a whole
//! run. It needs the output of that run, which `cargo xtask test` keeps, and runs after it.

mod ran;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use ran::Ran;

/// Variable with the path of a file that holds the output of a whole run.
const RECORD: &str = "MFAKIT_TEST_RECORD";

/// The sections, with their numbers of rows.
const SECTIONS: [(&str, u32); 15] = [
    ("CODE", 10),
    ("RATE", 11),
    ("BIND", 8),
    ("SEND", 11),
    ("GRANT", 10),
    ("GUARD", 12),
    ("HTTP", 10),
    ("WEB", 14),
    ("A11Y", 16),
    ("PROV", 10),
    ("STORE", 11),
    ("TX", 6),
    ("ENROL", 6),
    ("LOG", 5),
    ("DOC", 5),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn page() -> String {
    fs::read_to_string(root().join("docs/security.md")).unwrap()
}

/// Returns the cells of every row of a table, without headings and rules.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = lines.map(|line| line.split(" | ").map(str::trim).collect::<Vec<_>>());
    rows.filter(|cells| cells[0] != "row" && cells[0] != "guarantee").collect()
}

/// Returns the texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the tests that the page names: in the third column of the rows, and in all but the first column of
/// the guarantees.
fn named(page: &str) -> Vec<&str> {
    let cells = rows(page).into_iter().flat_map(|cells| match cells[..] {
        [_, _, shown, _] => vec![shown],
        _ => cells[1..].to_vec(),
    });
    cells.flat_map(quoted).collect()
}

/// Reads every Rust file of the workspace.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders: Vec<_> = ["crates", "examples", "tests"].map(|name| root().join(name)).into();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push((path, text));
            }
        }
    }
    sources
}

/// Returns the name of a file as a module: that of the folder for `mod.rs`, `main.rs` and `tests.rs`.
fn module(path: &Path) -> &str {
    let named = |path: &Path| ["mod.rs", "main.rs", "tests.rs"].iter().any(|name| path.ends_with(name));
    let name = if named(path) { path.parent().unwrap().file_name() } else { path.file_stem() };
    name.unwrap().to_str().unwrap()
}

/// Reports whether the name is a function of a module, or a sentence of the HTTP table.
fn exists(name: &str, sources: &[(PathBuf, String)]) -> bool {
    match name.split_once("::") {
        Some((file, function)) => {
            let function = format!("fn {function}(");
            sources.iter().any(|(path, text)| module(path) == file && text.contains(&function))
        }
        None => {
            let sentence = format!("\"{name}\"");
            let cases =
                sources.iter().filter(|(path, _)| path.ancestors().any(|it| it.ends_with("http/cases")));
            cases.into_iter().any(|(_, text)| text.contains(&sentence))
        }
    }
}

#[test]
fn every_row_occurs_once_and_names_its_tests_or_a_reason() {
    let page = page();
    let is_id = |cell: &str| SECTIONS.iter().any(|(name, _)| cell.starts_with(&format!("{name}-")));
    let rows: Vec<_> = rows(&page).into_iter().filter(|cells| is_id(cells[0])).collect();
    let wanted = SECTIONS.iter().flat_map(|(name, count)| (1..=*count).map(move |n| format!("{name}-{n}")));
    assert_eq!(rows.iter().map(|cells| cells[0]).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    for cells in rows {
        let [id, asked, shown, otherwise] = &cells[..] else { panic!("{cells:?}") };
        assert!(!asked.is_empty(), "{id}");
        assert!(quoted(shown).next().is_some() || otherwise.len() > 3, "{id} says neither");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let (page, sources) = (page(), sources());
    let named = named(&page);
    assert!(named.len() > 200, "only {} names were found", named.len());
    for name in named {
        assert!(exists(name, &sources), "there is no test `{name}`");
    }
    assert!(!exists("locks::no_such_test", &sources) && !exists("no such case", &sources));
}

#[test]
#[ignore = "needs the output of a whole run; `cargo xtask test` runs it last"]
fn every_test_that_is_named_ran_and_passed() {
    let record = env::var_os(RECORD).expect("MFAKIT_TEST_RECORD names the output of a whole run");
    let ran = Ran::read(&fs::read_to_string(record).unwrap());
    let page = page();
    let missing: Vec<_> = named(&page).into_iter().filter(|name| !ran.has(name)).collect();
    assert!(
        missing.is_empty(),
        "of {} tests that ran and passed, docs/security.md names these in vain:\n  {}",
        ran.count(),
        missing.join("\n  ")
    );
}
