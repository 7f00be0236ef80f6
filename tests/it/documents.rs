//! Statements that the documents must contain.

use std::{fs, path::Path};

mod links;
mod manifests;
mod performance;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads a document, without its line breaks.
fn document(path: &str) -> String {
    text(path).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the paths of the Markdown files in a folder.
fn markdown(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut paths: Vec<_> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")).collect();
    paths.sort();
    paths
}

/// Returns the paths of the README and of all pages.
fn documents() -> Vec<String> {
    let mut paths = markdown("docs/");
    paths.push("README.md".to_owned());
    paths
}

#[test]
fn the_readme_states_the_limits_of_codes_by_phone() {
    let readme = document("README.md");
    let (_, section) = readme.split_once("## Limits of text messages and voice calls").unwrap();
    let (section, _) = section.split_once(" ## ").unwrap();
    for said in
        ["phishing", "restricted", "SP 800-63B-4", "ASVS 5.0 does not accept it at level 3", "SIM swaps"]
    {
        assert!(section.contains(said), "{said:?} is missing in: {section}");
    }
}

#[test]
fn the_readme_of_the_crate_is_that_of_the_project_without_its_pictures() {
    let readme = text("README.md");
    let lines = readme.lines().filter(|line| !line.starts_with("!["));
    let without = lines.collect::<Vec<_>>().join("\n").replace("\n\n\n", "\n\n");
    assert_eq!(text("crates/mfakit/README.md").trim_end(), without.trim_end());
}

#[test]
fn no_document_shows_lines_that_only_rustdoc_hides() {
    for page in documents() {
        let mut is_rust = false;
        for line in text(&page).lines() {
            match line.strip_prefix("```") {
                Some(language) => is_rust = language.starts_with("rust"),
                None => assert!(!(is_rust && (line == "#" || line.starts_with("# "))), "{page}: {line}"),
            }
        }
    }
}

#[test]
fn the_page_of_limits_describes_each_failure_and_its_cost() {
    let limits = document("docs/limits.md");
    let (_, section) = limits.split_once("## When something fails").unwrap();
    for part in [
        "the store",
        "Bandwidth fails",
        "Bandwidth asks to wait",
        "`identify`",
        "risk check",
        "an instance stops",
    ] {
        assert!(section.contains(part), "{part:?} is missing in: {section}");
    }
}
