//! No test of this folder is out of reach of its harness.

use std::{fs, path::PathBuf};

/// Panics if a file has a function that only Rust's own harness would run.
pub(crate) fn no_test_is_out_of_reach() {
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/http"))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let lost = text.lines().find(|line| {
                    let line = line.trim_start();
                    line.starts_with("#[") && (line.contains("test]") || line.contains("::test("))
                });
                assert_eq!(
                    lost,
                    None,
                    "{} has a test that never runs: move it to `tests/it`",
                    path.display()
                );
            }
        }
    }
}
