//! First word of a doc comment.

use std::fmt;

use crate::prose::doc::{Doc, Item};

/// Words that turn a summary into a question without an answer.
const QUESTIONS: [&str; 9] = ["how", "what", "whether", "where", "who", "whose", "whom", "which", "why"];

/// Words that end in "s" and are not third-person verbs, or not the verbs that begin a summary. A word that may
/// be a verb or a plural, such as "matches", is left out of this list only if our docs use it as a verb.
const NOT_VERBS: [&str; 45] = [
    "addresses",
    "always",
    "arguments",
    "as",
    "attempts",
    "attributes",
    "browsers",
    "bytes",
    "challenges",
    "channels",
    "codes",
    "cookies",
    "credentials",
    "days",
    "details",
    "errors",
    "events",
    "failures",
    "fields",
    "grants",
    "guesses",
    "headers",
    "hours",
    "is",
    "its",
    "keys",
    "less",
    "messages",
    "milliseconds",
    "minutes",
    "names",
    "numbers",
    "options",
    "perhaps",
    "plus",
    "previous",
    "scopes",
    "seconds",
    "settings",
    "this",
    "thus",
    "users",
    "values",
    "was",
    "words",
];

/// Returns advice if the summary begins with a question word.
pub(super) fn advice(doc: &Doc<'_>) -> Option<String> {
    let word = first_word(doc.summary());
    let lowered = word.to_lowercase();
    QUESTIONS.contains(&lowered.as_str()).then(|| {
        let instead = match (lowered.as_str(), doc.item) {
            ("whether", Item::PublicFunction | Item::Function) => "`Returns true if …`",
            (_, Item::PublicFunction | Item::Function) => "a verb, such as `Returns …`, `Sets …`, `Sends …`",
            ("whether", _) => "`True if …`",
            _ => "a noun phrase, such as `Time after which …`, `Number of …`, `Reason for …`",
        };
        format!("the summary begins with `{word}`: begin with {instead}")
    })
}

/// Number of doc comments of public functions, and how many of them begin with a third-person verb.
#[derive(Default)]
pub(super) struct Verbs {
    docs: usize,
    with_verb: usize,
}

impl Verbs {
    pub(super) fn count(&mut self, docs: &[Doc<'_>]) {
        for doc in docs.iter().filter(|doc| doc.item == Item::PublicFunction) {
            self.docs += 1;
            self.with_verb += usize::from(is_verb(first_word(doc.summary())));
        }
    }

    /// Returns the share in whole percent, rounded down.
    pub(super) fn percent(&self) -> usize {
        (self.with_verb * 100).checked_div(self.docs).unwrap_or(100)
    }
}

impl fmt::Display for Verbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { docs, with_verb } = self;
        let percent = self.percent();
        write!(f, "{with_verb} of {docs} doc comments of public functions ({percent} %) begin with a verb")
    }
}

/// Returns true for a capitalized word that ends like a verb in the third person.
fn is_verb(word: &str) -> bool {
    let lowered = word.to_lowercase();
    word.starts_with(char::is_uppercase)
        && lowered.ends_with('s')
        && !["ss", "us", "'s", "’s"].iter().any(|end| lowered.ends_with(end))
        && !NOT_VERBS.contains(&lowered.as_str())
}

/// Returns the first word. It is empty if the summary begins with code or with a link.
fn first_word(summary: &str) -> &str {
    let summary = summary.trim_start_matches(['#', '*', '_', ' ']);
    summary.split(|c: char| !c.is_alphabetic() && c != '-').next().unwrap_or_default()
}
