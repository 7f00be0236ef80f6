//! What people read and hear, in one table that an app can replace or translate.
//!
//! 1. Every text that a person meets is one [`Word`]: of the page, of a refusal, of a message, of a call.
//! 2. A language is a [`Words`]: all of them, with the labels of the scopes. The builder checks each text: it names
//!    what it has to name, and holds nothing that could change what a message says or does [SEND-10].
//! 3. Which language is used is said by `Accept-Language`; the first that the builder was given is the default.

mod check;
mod language;
mod word;

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use unic_langid::{CharacterDirection, LanguageIdentifier};

use crate::{Scope, clock::whole_seconds};

pub use check::{InvalidText, InvalidWords};
pub(crate) use check::{check_label, check_name};
pub(crate) use language::best;
pub use word::Word;

/// Every text that a person may read or hear, in one language.
///
/// ```
/// use mfakit_core::{Word, Words};
///
/// // Another wording:
/// let ours = Words::english().say(Word::Submit, "Go on");
///
/// // Another language. A real one matches every `Word`.
/// let german = Words::new("de", |word| match word {
///     Word::AskTitle => "Bitte bestätigen Sie, dass Sie es sind",
///     other => other.english(),
/// })
/// .label("transfer", "Geld zu überweisen");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Words {
    language: Cow<'static, str>,
    texts: Vec<Cow<'static, str>>,
    labels: BTreeMap<String, String>,
    ways: BTreeMap<String, String>,
}

impl Words {
    /// The words that come with the crate.
    pub fn english() -> Self {
        Self::new("en", Word::english)
    }

    /// The words of a language, called by its tag (BCP 47, such as `de` or `pt-BR`), as this function says them.
    /// What is not right in them is refused by the builder, by name.
    pub fn new<T: Into<Cow<'static, str>>>(
        language: impl Into<Cow<'static, str>>,
        text: impl Fn(Word) -> T,
    ) -> Self {
        let texts = Word::ALL.iter().map(|word| text(*word).into()).collect();
        Self { language: language.into(), texts, labels: BTreeMap::new(), ways: BTreeMap::new() }
    }

    /// Says one of them in other words.
    pub fn say(mut self, word: Word, text: impl Into<Cow<'static, str>>) -> Self {
        if let Some(place) = self.texts.get_mut(word as usize) {
            *place = text.into();
        }
        self
    }

    /// The label of a scope in this language: the words that complete "your code to …". The language that the
    /// builder was given first has those that the scopes were declared with.
    pub fn label(mut self, scope: impl Into<String>, label: impl Into<String>) -> Self {
        self.labels.insert(scope.into(), label.into());
        self
    }

    /// The words of [another way to confirm](crate::Look::other_way) in this language, by the path it leads to.
    pub fn other_way(mut self, path: impl Into<String>, words: impl Into<String>) -> Self {
        self.ways.insert(path.into(), words.into());
        self
    }

    /// The language's tag.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        let tag: Result<LanguageIdentifier, _> = self.language.parse();
        tag.is_ok_and(|tag| tag.character_direction() == CharacterDirection::RTL)
    }

    /// A text as it stands, its placeholders unfilled.
    #[must_use]
    pub fn text(&self, word: Word) -> &str {
        self.texts.get(word as usize).map_or("", |text| text)
    }

    /// A text with its placeholders filled, each by its name without braces.
    #[must_use]
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.text(word);
        // What was filled in is not looked at again, so no value can hold a placeholder.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(placeholder, _)| *placeholder == name);
            filled.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// A text that has one placeholder, before and after it.
    #[must_use]
    pub fn around(&self, word: Word) -> (&str, &str) {
        let text = self.text(word);
        let inner = text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
        inner.unwrap_or((text, ""))
    }

    /// A span: seconds below a minute and a half, minutes below an hour and a half, else hours, rounded up.
    #[must_use]
    pub fn span(&self, span: Duration) -> String {
        let seconds = whole_seconds(span);
        let (count, one, several) = match seconds {
            0..90 => (seconds, Word::Second, Word::Seconds),
            90..5400 => (seconds.div_ceil(60), Word::Minute, Word::Minutes),
            5400.. => (seconds.div_ceil(3600), Word::Hour, Word::Hours),
        };
        self.fill(if count == 1 { one } else { several }, &[("count", &count.to_string())])
    }

    /// The label of a scope, if it was said in this language.
    #[must_use]
    pub fn label_of(&self, scope: &Scope) -> Option<&str> {
        self.labels.get(scope.as_str()).map(String::as_str)
    }

    /// The words of another way to confirm, if they were said in this language.
    #[must_use]
    pub fn other_way_to(&self, path: &str) -> Option<&str> {
        self.ways.get(path).map(String::as_str)
    }

    /// Every text with its name and what may stand in it, as a Markdown table: for whoever translates.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = Word::ALL.iter().map(|word| {
            let placeholders: Vec<_> =
                word.placeholders().iter().map(|name| format!("`{{{name}}}`")).collect();
            format!("| `{word}` | {} | {} |\n", self.text(*word), placeholders.join(" "))
        });
        format!("| word | {} | may hold |\n|---|---|---|\n{}", self.language, rows.collect::<String>())
    }

    pub(crate) fn ways(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ways.iter().map(|(path, words)| (path.as_str(), words.as_str()))
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(scope, label)| (scope.as_str(), label.as_str()))
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let words = Words::english();
        let values = [("code", "{label}"), ("app", "{code}"), ("label", "x"), ("time", "y")];
        assert!(words.fill(Word::Message, &values).starts_with("{label} is your {code} code to x."));
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        let words = Words::english();
        for (seconds, said) in [
            (0, "1 second"),
            (1, "1 second"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (300, "5 minutes"),
            (301, "6 minutes"),
            (5399, "90 minutes"),
            (5400, "2 hours"),
        ] {
            assert_eq!(words.span(Duration::from_secs(seconds)), said, "{seconds}");
        }
        assert_eq!(words.span(Duration::from_millis(29_001)), "30 seconds");
    }

    #[test]
    fn a_text_is_split_around_its_placeholder() {
        assert_eq!(Words::english().around(Word::AgainIn), ("You can ask for a new code in ", "."));
        assert_eq!(Words::english().around(Word::Cancel), ("Cancel", ""));
    }

    #[test]
    fn the_documentation_has_every_word() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/page.md");
        let documented = std::fs::read_to_string(path).unwrap();
        let table = Words::english().table();
        assert!(documented.contains(&table), "docs/page.md wants this table:\n\n{table}");
    }

    #[test]
    fn arabic_is_written_from_right_to_left_and_english_is_not() {
        assert!(Words::new("ar", Word::english).is_right_to_left());
        assert!(!Words::english().is_right_to_left());
    }
}
