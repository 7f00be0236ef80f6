//! Texts for people, in one table that an app can replace or translate.
//!
//! 1. Every text of the page, the rejections, the messages and the calls is one [`MessageId`].
//! 2. Each language is one [`Messages`] value: all texts, with the labels of the scopes. The builder checks that each
//!    text contains its required placeholders, and nothing that could change the meaning or effect of a message
//!    [SEND-10].
//! 3. `Accept-Language` selects the language. The first language that the builder was given is the default.
//! 4. Counted texts have the plural forms of their language, and numbers use its digits, according to the CLDR. The
//!    builder requires each form that is needed.
//! 5. Languages other than English need the feature `translations`, which brings the data of the CLDR. Without it, the
//!    builder rejects them.

mod beginning;
mod check;
mod count;
mod decimal;
mod invalid;
mod language;
mod line;
mod locale;
mod message_id;
mod plain_digits;
mod plural;
mod sent;
mod table;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use crate::{messages::plain_digits::PLAIN_DIGITS, scope::Scope};

pub(crate) use check::{check_label, check_name};
pub(crate) use decimal::plain;
pub use invalid::{InvalidMessages, InvalidText};
pub(crate) use language::{best, nearest};
pub(crate) use locale::Tag;
pub use message_id::MessageId;
pub use plural::PluralForm;

/// All texts that a user may read or hear, in one language.
///
/// ```
/// use mfakit_core::{Messages, messages::MessageId};
///
/// // Another wording:
/// let ours = Messages::english().set(MessageId::Submit, "Go on");
///
/// // Another language. A real translation has a text for every `MessageId`.
/// let german = Messages::new("de", |id| match id {
///     MessageId::AskTitle => "Bitte bestätigen Sie, dass Sie es sind",
///     other => other.english(),
/// })
/// .label("transfer", "Geld zu überweisen");
/// ```
///
/// Later versions may add messages, so a translation needs a default for those that it does not know. In a test, two
/// methods keep it complete: [`check`](Self::check) finds every mistake that the builder would reject, and
/// [`untranslated`](Self::untranslated) lists the messages that still have their English text.
///
/// ```
/// # use mfakit_core::{Messages, messages::MessageId};
/// # fn german() -> Messages {
/// #     Messages::new("de", |id| match id {
/// #         MessageId::PageTitle | MessageId::Help => id.english().to_owned(),
/// #         other => format!("{} (de)", other.english()),
/// #     })
/// # }
/// // #[test]
/// fn german_is_complete() {
///     assert_eq!(german().check(), Ok(()));
///     // These are the same in both languages.
///     assert_eq!(german().untranslated(), [MessageId::PageTitle, MessageId::Help]);
/// }
/// # german_is_complete();
/// ```
///
/// Some languages have more forms for counted things than "one" and "several". The text of [`MessageId::Seconds`] is
/// the form [`Other`](PluralForm::Other), that of [`MessageId::Second`] the form [`One`](PluralForm::One), and
/// [`form`](Self::form) adds the rest. The builder names the forms that are missing:
///
/// ```
/// use mfakit_core::{Messages, messages::{MessageId, PluralForm}};
///
/// let polish = Messages::new("pl", |id| match id {
///     MessageId::Second => "{count} sekunda",
///     MessageId::Seconds => "{count} sekundy",
///     other => other.english(),
/// })
/// .form(MessageId::Seconds, PluralForm::Few, "{count} sekundy")
/// .form(MessageId::Seconds, PluralForm::Many, "{count} sekund");
/// assert_eq!(polish.span(std::time::Duration::from_secs(22)), "22 sekundy");
/// ```
///
/// Numbers are written in the digits of the language and region: those of `ar-EG` differ from those of `ar`.
/// A tag such as `ar-u-nu-latn` selects particular digits (UTS #35, `nu`).
#[derive(Clone, Debug)]
#[must_use]
pub struct Messages {
    language: Cow<'static, str>,
    /// The parsed tag, or the error with which the builder rejects it.
    tag: Result<Tag, InvalidText>,
    digits: [char; 10],
    texts: Vec<Cow<'static, str>>,
    forms: BTreeMap<(usize, PluralForm), Cow<'static, str>>,
    labels: BTreeMap<String, String>,
    alternatives: BTreeMap<String, String>,
    /// Labels of an action's lines, by their keys.
    lines: BTreeMap<String, String>,
    /// Spoken names of currencies, by their codes.
    currencies: BTreeMap<String, String>,
}

impl Messages {
    /// Creates the English messages, which are the default.
    pub fn english() -> Self {
        Self::new("en", MessageId::english)
    }

    /// Creates the messages of a language from its tag (BCP 47, such as `de` or `pt-BR`) and a function that
    /// returns each text. The builder rejects mistakes and names the message. Languages other than English need the
    /// feature `translations`.
    pub fn new<T: Into<Cow<'static, str>>>(
        language: impl Into<Cow<'static, str>>,
        text: impl Fn(MessageId) -> T,
    ) -> Self {
        let language = language.into();
        let texts = MessageId::ALL.iter().map(|id| text(*id).into()).collect();
        let tag = Tag::of_texts(&language);
        let digits = tag.as_ref().map_or(PLAIN_DIGITS, Tag::digits);
        Self {
            language,
            tag,
            digits,
            texts,
            forms: BTreeMap::new(),
            labels: BTreeMap::new(),
            alternatives: BTreeMap::new(),
            lines: BTreeMap::new(),
            currencies: BTreeMap::new(),
        }
    }

    /// Replaces the text of one message.
    pub fn set(mut self, id: MessageId, text: impl Into<Cow<'static, str>>) -> Self {
        if let Some(place) = self.texts.get_mut(id as usize) {
            *place = text.into();
        }
        self
    }

    /// Sets a counted text in another [form](PluralForm) of the language. These texts are counted:
    /// [`Seconds`](MessageId::Seconds), [`Minutes`](MessageId::Minutes), [`Hours`](MessageId::Hours) and
    /// [`TriesLeft`](MessageId::TriesLeft). [`CodeHint`](MessageId::CodeHint) and [`Malformed`](MessageId::Malformed)
    /// are counted too, if the language has different forms for six to eight.
    ///
    /// A form that stands for a single number, such as the Arabic dual, may omit the number.
    pub fn form(self, id: MessageId, form: PluralForm, text: impl Into<Cow<'static, str>>) -> Self {
        match (form, id.counted().and_then(|counted| counted.one)) {
            (PluralForm::Other, _) => self.set(id, text),
            (PluralForm::One, Some(one)) => self.set(one, text),
            _ => {
                let mut messages = self;
                messages.forms.insert((id as usize, form), text.into());
                messages
            }
        }
    }

    /// Sets the label of a scope in this language, which completes "your code to …". The default language uses the
    /// labels with which the scopes were declared.
    pub fn label(mut self, scope: impl Into<String>, label: impl Into<String>) -> Self {
        self.labels.insert(scope.into(), label.into());
        self
    }

    /// Sets the label of an [alternative](crate::theme::Theme::alternative) in this language, by the path of the
    /// alternative.
    pub fn alternative(mut self, path: impl Into<String>, label: impl Into<String>) -> Self {
        self.alternatives.insert(path.into(), label.into());
        self
    }

    /// Returns the tag of the language.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns whether both are in the same language, even if their tags differ.
    pub(crate) fn is_same_language(&self, other: &Self) -> bool {
        matches!((&self.tag, &other.tag), (Ok(one), Ok(other)) if one.is_same(other))
    }

    /// Returns whether the language is written from right to left.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        self.tag.as_ref().is_ok_and(Tag::is_right_to_left)
    }

    /// Returns a text with its placeholders unfilled.
    #[must_use]
    pub fn text(&self, id: MessageId) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    /// Returns a text with its placeholders filled. Each value has the name of its placeholder, without braces.
    #[must_use]
    pub fn fill(&self, id: MessageId, values: &[(&str, &str)]) -> String {
        fill(self.text(id), values)
    }

    /// Returns the parts of a text before and after its only placeholder.
    #[must_use]
    pub fn around(&self, id: MessageId) -> (&str, &str) {
        let text = self.text(id);
        let inner = text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
        inner.unwrap_or((text, ""))
    }

    /// Returns the label of a scope, if this language has one.
    #[must_use]
    pub fn label_of(&self, scope: &Scope) -> Option<&str> {
        self.labels.get(scope.as_str()).map(String::as_str)
    }

    /// Returns the label of the alternative with this path, if this language has one.
    #[must_use]
    pub fn alternative_label(&self, path: &str) -> Option<&str> {
        self.alternatives.get(path).map(String::as_str)
    }

    /// Returns the messages whose text equals the English default. Use it in a test to check that a translation is
    /// complete.
    ///
    /// The result includes texts that happen to be the same in both languages.
    #[must_use]
    pub fn untranslated(&self) -> Vec<MessageId> {
        MessageId::ALL.iter().copied().filter(|id| self.text(*id) == id.english()).collect()
    }

    /// Returns all messages with their texts and placeholders as a Markdown table, for translators.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = MessageId::ALL.iter().map(|id| {
            let placeholders: Vec<_> = id.placeholders().iter().map(|name| format!("`{{{name}}}`")).collect();
            format!("| `{id}` | {} | {} |\n", self.text(*id), placeholders.join(" "))
        });
        format!("| message | {} | placeholders |\n|---|---|---|\n{}", self.language, rows.collect::<String>())
    }

    pub(crate) fn alternatives(&self) -> impl Iterator<Item = (&str, &str)> {
        self.alternatives.iter().map(|(path, label)| (path.as_str(), label.as_str()))
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(scope, label)| (scope.as_str(), label.as_str()))
    }
}

/// Fills the placeholders of a text.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    // Inserted values are not scanned again, so a value cannot contain a placeholder.
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

impl fmt::Display for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_in_values_are_not_scanned_again() {
        let messages = Messages::english();
        let values = [("code", "{label}"), ("app", "{code}"), ("label", "x"), ("time", "y")];
        assert!(messages.fill(MessageId::Message, &values).starts_with("{label} is your {code} code to x."));
    }

    #[test]
    fn a_text_is_split_around_its_placeholder() {
        assert_eq!(Messages::english().around(MessageId::AgainIn), ("You can request a new code in ", "."));
        assert_eq!(Messages::english().around(MessageId::Cancel), ("Cancel", ""));
    }

    #[test]
    fn the_documentation_has_every_message() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/page.md");
        let documented = std::fs::read_to_string(path).unwrap();
        let table = Messages::english().table();
        assert!(documented.contains(&table), "docs/page.md wants this table:\n\n{table}");
    }
}
