//! What words may hold.

use icu_locale::Locale;

use crate::messages::{MessageId, Messages, PluralForm, plural::Plurals};

/// The longest name of an app and the longest label of a scope, in characters.
const LONGEST_NAME: usize = 60;

/// The longest text of the table, in characters.
const LONGEST_TEXT: usize = 400;

impl Messages {
    /// Checks the tag, every text, and that each counted text has the forms that the language needs.
    pub(crate) fn check(&self) -> Result<(), InvalidText> {
        let written = self.language.parse::<Locale>().map(|locale| locale.to_string());
        if self.tag.is_none() || !written.is_ok_and(|tag| tag.eq_ignore_ascii_case(&self.language)) {
            return Err(InvalidText::Language);
        }
        let plurals = self.plurals();
        for word in MessageId::ALL.iter().copied() {
            let form = match MessageId::counting_one(word) {
                Some(_) => PluralForm::One,
                None => PluralForm::Other,
            };
            check_text(word, self.text(word), is_one_number(word, form, &plurals))?;
            let forms = |form| self.forms.get(&(word as usize, form));
            let said: Vec<_> =
                PluralForm::ALL.into_iter().filter_map(|form| Some((form, forms(form)?))).collect();
            if let Some((form, _)) =
                said.iter().find(|(form, _)| word.counted().is_none() || !plurals.has(*form))
            {
                return Err(InvalidText::NoSuchForm { word, form: *form });
            }
            for (form, text) in &said {
                check_text(word, text, is_one_number(word, *form, &plurals))?;
            }
            let missing = needed(word, &plurals).into_iter().find(|form| forms(*form).is_none());
            if let Some(form) = missing {
                return Err(InvalidText::NoForm { word, form });
            }
        }
        Ok(())
    }
}

/// Returns the forms that a language needs of a text, besides the text itself.
fn needed(word: MessageId, plurals: &Plurals) -> Vec<PluralForm> {
    let Some(counted) = word.counted() else { return Vec::new() };
    let forms = plurals.forms(counted.counts);
    if !counted.each && forms.len() == 1 {
        return Vec::new();
    }
    let has = |form| form == PluralForm::Other || form == PluralForm::One && counted.one.is_some();
    forms.into_iter().filter(|form| !has(*form)).collect()
}

/// Returns whether a form stands for a single number, which the text may then omit.
fn is_one_number(word: MessageId, form: PluralForm, plurals: &Plurals) -> bool {
    let counted = MessageId::counting_one(word).unwrap_or(word).counted();
    counted.is_some_and(|counted| counted.counts.filter(|count| plurals.form(*count) == form).count() == 1)
        || MessageId::counting_one(word).is_some() && plurals.are_one()
}

/// Checks a text. If it is `exact`, it may omit its number.
fn check_text(word: MessageId, text: &str, exact: bool) -> Result<(), InvalidText> {
    let invalid = |why| InvalidText::Text { word, why };
    let mut plain = String::new();
    let mut named = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) =
            after.split_once('}').ok_or(invalid(InvalidMessages::Character { character: '{' }))?;
        if !word.placeholders().contains(&name) {
            return Err(InvalidText::Unknown { word, name: name.to_owned() });
        }
        named.push(name);
        plain.push_str(before);
        // As something is filled in here, nothing that stands around it joins into a link.
        plain.push('_');
        rest = after;
    }
    plain.push_str(rest);
    let is_optional =
        |name: &str| MessageId::may_lack(name) || exact && matches!(name, "count" | "tries" | "digits");
    let missing = word.placeholders().iter().find(|name| !named.contains(name) && !is_optional(name));
    if let Some(name) = missing {
        return Err(InvalidText::Missing { word, name });
    }
    if word.is_sent() && named.iter().filter(|name| **name == "code").count() > 1 {
        return Err(InvalidText::CodeTwice { word });
    }
    check_plain(&plain, LONGEST_TEXT).map_err(invalid)?;
    if word.is_sent() { check_sent(&plain).map_err(invalid) } else { Ok(()) }
}

/// Checks an app's name, which will stand in a message and on a page. It may be a host's.
pub(crate) fn check_name(name: &str) -> Result<(), InvalidMessages> {
    check_plain(name, LONGEST_NAME)?;
    check_sent(name)
}

/// Checks a scope's label, which will stand in a message and on a page.
pub(crate) fn check_label(label: &str) -> Result<(), InvalidMessages> {
    check_name(label)?;
    if names_a_host(label) { Err(InvalidMessages::Link) } else { Ok(()) }
}

/// Checks what a person reads anywhere.
fn check_plain(text: &str, longest: usize) -> Result<(), InvalidMessages> {
    if text.trim().is_empty() || text.trim() != text {
        return Err(InvalidMessages::Blank);
    }
    if text.chars().count() > longest {
        return Err(InvalidMessages::TooLong { longest });
    }
    let forbidden = |c: char| c.is_control() || is_invisible(c) || matches!(c, '{' | '}');
    text.chars()
        .find(|c| forbidden(*c))
        .map_or(Ok(()), |character| Err(InvalidMessages::Character { character }))
}

/// Checks besides what travels to a phone, which makes links of what looks like one, and a binding of a last line
/// with `@` and `#`.
fn check_sent(text: &str) -> Result<(), InvalidMessages> {
    if let Some(character) = text.chars().find(|c| matches!(c, '@' | '#')) {
        return Err(InvalidMessages::Character { character });
    }
    let lower = text.to_lowercase();
    if lower.contains("//") || lower.contains("www.") { Err(InvalidMessages::Link) } else { Ok(()) }
}

/// Line separators, marks that turn the direction of writing, and characters that take no room.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// Whether a word in it has a dot inside, followed by letters: telephones make a link of `evil.example`.
fn names_a_host(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let letters = |part: &str| part.chars().take_while(|c| c.is_alphabetic()).count();
        // Any of its dots, for the last may stand in the path of a link.
        word.split('.').skip(1).any(|end| letters(end) >= 2)
    })
}

/// Why words cannot stand in a message or on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessages {
    /// Nothing to read, or space around it.
    #[error("it is empty or has space around it")]
    Blank,
    /// A message would no longer fit.
    #[error("it has more than {longest} characters")]
    TooLong {
        /// How many there may be.
        longest: usize,
    },
    /// A character that could change what a message says or does.
    #[error("it holds {character:?}, which it must not")]
    Character {
        /// The character.
        character: char,
    },
    /// Something a telephone would turn into a link.
    #[error("it holds a link, or what a telephone takes for one")]
    Link,
}

/// Why the words of a language cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidText {
    /// The language is called by no tag.
    #[error("a language is called by its tag, such as \"de\" or \"pt-BR\"")]
    Language,
    /// A text holds what it must not.
    #[error("{word}: {why}")]
    Text {
        /// Which.
        word: MessageId,
        /// What is wrong with it.
        why: InvalidMessages,
    },
    /// A text has a placeholder that nothing is filled into.
    #[error("{word}: nothing is filled into {{{name}}}; it may hold {}", known(*word))]
    Unknown {
        /// Which.
        word: MessageId,
        /// The placeholder.
        name: String,
    },
    /// A text lacks a placeholder.
    #[error("{word}: {{{name}}} is missing")]
    Missing {
        /// Which.
        word: MessageId,
        /// The placeholder.
        name: &'static str,
    },
    /// A text lacks a form that its language has.
    #[error(
        "{word}: the language needs the form \"{form}\": add .form(Word::{word}, PluralForm::{form:?}, \"…\")"
    )]
    NoForm {
        /// The text.
        word: MessageId,
        /// The form.
        form: PluralForm,
    },
    /// A text has a form that its language does not use, or does not count anything.
    #[error("{word}: there is no form \"{form}\" of it in this language")]
    NoSuchForm {
        /// The text.
        word: MessageId,
        /// The form.
        form: PluralForm,
    },
    /// A message has the code twice, which not every provider fills in.
    #[error("{word}: {{code}} may stand in it once")]
    CodeTwice {
        /// Which.
        word: MessageId,
    },
    /// A label is missing in a further language.
    #[error("the scope \"{scope}\" has no label: add .label({scope:?}, \"…\")")]
    NoLabel {
        /// Of which scope.
        scope: String,
    },
    /// A label is not right.
    #[error("the label of \"{scope}\": {why}")]
    Label {
        /// Of which scope.
        scope: String,
        /// What is wrong with it.
        why: InvalidMessages,
    },
    /// A label is of a scope that was not declared.
    #[error("there is a label for \"{scope}\", which is not declared")]
    UnknownLabel {
        /// Of which scope.
        scope: String,
    },
    /// The words of another way to confirm are not right.
    #[error("the words of the way to {path:?}: {why}")]
    OtherWay {
        /// Where it leads.
        path: String,
        /// What is wrong with them.
        why: InvalidMessages,
    },
    /// Words are for another way to confirm that the look does not have.
    #[error("there are words of a way to {path:?}, which the look does not have")]
    UnknownWay {
        /// Where it would lead.
        path: String,
    },
    /// A message is longer than the provider takes.
    #[error("the message of the scope \"{scope}\" has more than {longest} characters")]
    MessageTooLong {
        /// Of which scope.
        scope: String,
        /// How many there may be.
        longest: usize,
    },
    /// A language was given twice.
    #[error("it is given twice")]
    Twice,
}

fn known(word: MessageId) -> String {
    let known: Vec<_> = word.placeholders().iter().map(|name| format!("{{{name}}}")).collect();
    if known.is_empty() { "none".to_owned() } else { known.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_words_are_right() {
        assert_eq!(Messages::english().check(), Ok(()));
    }

    #[test]
    fn words_cannot_smuggle_anything_into_a_message() {
        for good in ["see the reports", "see version 2.0", "pay, e.g. rent", "log in (again)"] {
            assert_eq!(check_label(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            " ",
            " a",
            "a ",
            "a\nb",
            "a\u{2028}b",
            "a\u{202e}b",
            "a\u{200b}b",
            "pay {CODE}",
            "{NAME}",
            "see https://evil.test",
            "see www.evil",
            "see WWW.EVIL",
            "see evil.test",
            "see evil.test/x",
            "see (evil.co.uk)",
            "see evil.test/a.1",
            "see evil.test?v=1.2",
            "a@b",
            "#1",
            &"a".repeat(61),
        ] {
            assert!(check_label(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check_name("bank.example"), Ok(()), "an app may be called by its host");
    }

    #[test]
    fn a_text_names_what_it_has_to_and_nothing_else() {
        let check = |word, text: &'static str| Messages::english().set(word, text).check();
        assert_eq!(check(MessageId::Message, "{code}: {label}"), Ok(()));
        assert_eq!(check(MessageId::TriesLeft, "noch {tries}"), Ok(()));
        for (name, word, text) in [
            ("a message without its code", MessageId::Message, "your code to {label}"),
            ("a message with its code twice", MessageId::Message, "{code} {code}"),
            ("a message with a placeholder of the provider", MessageId::Message, "{code} {CODE}"),
            ("a message with a link", MessageId::Message, "{code} https://bank.example"),
            ("a message with a binding", MessageId::Message, "{code} @evil.example #1"),
            ("a message of two lines", MessageId::Message, "{code}\n@x"),
            ("an unknown placeholder", MessageId::Submit, "Go {label}"),
            ("a placeholder without an end", MessageId::Submit, "Go {label"),
            ("an end without a placeholder", MessageId::Submit, "Go}"),
            ("a missing placeholder", MessageId::Locked, ""),
            ("nothing", MessageId::Submit, ""),
            ("a missing count", MessageId::Minutes, "minutes"),
        ] {
            assert!(check(word, text).is_err(), "{name}");
        }
        for tag in ["no tag", "", "pt_BR", "sl-rozaj-rozaj", "de-", "und", "\"><b>"] {
            assert_eq!(Messages::new(tag, MessageId::english).check(), Err(InvalidText::Language), "{tag}");
        }
        for tag in ["de", "DE", "pt-BR", "zh-Hant-TW", "es-419", "fa-u-nu-latn", "in"] {
            assert_eq!(Messages::new(tag, MessageId::english).check(), Ok(()), "{tag}");
        }
    }
}
