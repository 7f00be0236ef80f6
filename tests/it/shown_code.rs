//! Code that a document shows, which is taken from tested files.

/// Asserts that every item of a document's Rust code is in one of the files, at any indentation, and returns the names of
/// those files.
pub(crate) fn shown_code(document: &str, files: &[(&'static str, &str)]) -> Vec<&'static str> {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, unindented(text))).collect();
    let mut shown = Vec::new();
    for block in blocks(document) {
        for item in unindented(block).split("\n\n") {
            let file = files.iter().find(|(_, text)| text.contains(item));
            shown.push(file.unwrap_or_else(|| panic!("no file has\n{item}")).0);
        }
    }
    shown
}

/// Asserts that every item of a document's Rust code is in one of the files, and that each file has one.
pub(crate) fn assert_shown(document: &str, files: &[(&'static str, &str)]) {
    let shown = shown_code(document, files);
    for (name, _) in files {
        assert!(shown.contains(name), "nothing of {name} is shown");
    }
}

/// Returns the Rust code of a document, a block at a time.
pub(crate) fn blocks(document: &str) -> Vec<&str> {
    let fences = document.split("```rust").skip(1);
    fences.map(|rest| rest.split_once('\n').unwrap().1.split_once("```").unwrap().0.trim()).collect()
}

/// Removes the indentation, which differs between a document and a file.
fn unindented(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}
