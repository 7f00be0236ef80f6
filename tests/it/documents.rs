//! Statements that the documents must contain.

use std::{fs, path::Path};

/// Reads a document, without its line breaks.
fn document(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
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
fn the_readme_of_the_crate_is_the_readme_of_the_project() {
    assert_eq!(document("crates/mfakit/README.md"), document("README.md"));
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
