//! Checks the English of the documentation.
//!
//! 1. A doc comment does not begin with a question word. It begins with a third-person verb on a function, and
//!    with a noun phrase on everything else.
//! 2. Pronouns for unnamed people, which the module `pronoun` lists, occur neither in doc comments nor in Markdown
//!    files.
//! 3. At least [`WANTED_PERCENT`] % of the doc comments of public functions begin with a third-person verb.
//!
//! Rules 1 and 3 read the sources of the crates. The check works on lines: it relies on rustfmt, and needs no
//! parser.

mod doc;
mod files;
mod opening;
mod pronoun;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::{
    prose::{doc::Doc, files::Source, opening::Verbs},
    shell::Failed,
};

/// Least share of the public functions' doc comments that begin with a third-person verb, in percent.
const WANTED_PERCENT: usize = 80;

/// Checks all files below `root`, prints every violation with its file and line, and prints the share of verbs.
pub(crate) fn prose(root: &Path) -> Result<(), Failed> {
    let (mut violations, mut verbs) = (Vec::new(), Verbs::default());
    for source in files::rust(root)? {
        let docs = doc::all(&source.text);
        violations.extend(in_docs(&source, &docs));
        verbs.count(&docs);
    }
    for page in files::markdown(root)? {
        let lines = page.text.lines().enumerate();
        violations.extend(lines.flat_map(|(index, line)| pronouns(&page, index + 1, line)));
    }
    for violation in &violations {
        println!("{violation}");
    }
    println!("xtask: {verbs}");
    let mut failed = Vec::new();
    if !violations.is_empty() {
        failed.push(format!("the prose has {} violation(s)", violations.len()));
    }
    if verbs.percent() < WANTED_PERCENT {
        failed.push(format!("at least {WANTED_PERCENT} % of these doc comments must begin with a verb"));
    }
    if failed.is_empty() { Ok(()) } else { Err(Failed(failed.join("; "))) }
}

/// Returns the violations in one source file.
fn in_docs(source: &Source, docs: &[Doc<'_>]) -> Vec<String> {
    let mut violations = Vec::new();
    for doc in docs {
        if let Some(advice) = opening::advice(doc) {
            violations.push(format!("{}:{}: {advice}", source.path, doc.first_line()));
        }
        for (number, line) in &doc.lines {
            violations.extend(pronouns(source, *number, line));
        }
    }
    violations
}

/// Returns the violations of rule 2 in one line.
fn pronouns(source: &Source, number: usize, line: &str) -> Vec<String> {
    let found = pronoun::all(line);
    found.map(|advice| format!("{}:{number}: {advice}", source.path)).collect()
}
