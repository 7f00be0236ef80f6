//! Files whose prose is checked.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::shell::Failed;

/// Folders with Markdown files, relative to the root. Files in their subfolders are not read.
const PAGES: [&str; 2] = ["", "docs"];

/// Text of one file.
pub(super) struct Source {
    /// Path relative to the root.
    pub(super) path: String,
    pub(super) text: String,
}

/// Reads all Rust files below `crates/`.
pub(super) fn rust(root: &Path) -> Result<Vec<Source>, Failed> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates")];
    while let Some(folder) = folders.pop() {
        let (inner, files): (Vec<_>, Vec<_>) = entries(&folder)?.into_iter().partition(|path| path.is_dir());
        folders.extend(inner);
        found.extend(files.into_iter().filter(|path| has_extension(path, "rs")));
    }
    read(root, found)
}

/// Reads the Markdown files of the root, of `docs/`, and of each crate.
pub(super) fn markdown(root: &Path) -> Result<Vec<Source>, Failed> {
    let mut folders: Vec<_> = PAGES.iter().map(|folder| root.join(folder)).collect();
    folders.extend(entries(&root.join("crates"))?.into_iter().filter(|path| path.is_dir()));
    let mut found = Vec::new();
    for folder in folders {
        found.extend(entries(&folder)?.into_iter().filter(|path| has_extension(path, "md")));
    }
    read(root, found)
}

fn read(root: &Path, mut paths: Vec<PathBuf>) -> Result<Vec<Source>, Failed> {
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let relative = path.strip_prefix(root).unwrap_or(&path);
        Ok(Source { path: relative.display().to_string(), text })
    };
    paths.into_iter().map(read).collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    entries.map(|entry| Ok(entry.map_err(|error| unreadable(folder, &error))?.path())).collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failed {
    Failed(format!("{} cannot be read: {error}", path.display()))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
