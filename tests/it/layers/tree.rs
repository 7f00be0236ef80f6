//! Source files of a crate, read from a folder or written in a test.

use std::{collections::BTreeMap, fs, path::Path};

/// Texts of files, by their path relative to some folder.
pub(super) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Reads every file below the folder whose name ends in one of these ways.
    pub(super) fn read(folder: &Path, endings: &[&str]) -> Self {
        let mut texts = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(current) = folders.pop() {
            for entry in fs::read_dir(current).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() && !path.ends_with("target") {
                    folders.push(path);
                } else if endings.iter().any(|ending| name.ends_with(ending)) {
                    texts.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        Self(texts)
    }

    /// Creates a tree of files that exist only in a test.
    pub(super) fn made_up(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// Returns the text of a file, if it exists.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Returns all files with their texts, in the order of their paths.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
