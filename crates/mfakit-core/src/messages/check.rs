//! Checks of the texts that an app supplies.

use crate::messages::{
    Messages,
    invalid::{InvalidMessages, InvalidText},
    locale::Plurals,
    message_id::MessageId,
    plural::PluralForm,
};

/// Maximum length of an app's name and of a scope's label, in characters.
const LONGEST_NAME: usize = 60;

/// Maximum length of a text of the table, in characters.
const LONGEST_TEXT: usize = 400;

impl Messages {
    /// Checks the tag, every text, and that each counted text has the forms that the language needs.
    ///
    /// The builder does the same and also checks the labels. Call this in a test of a translation.
    ///
    /// # Errors
    ///
    /// Returns the first mistake, with the message that contains it.
    pub fn check(&self) -> Result<(), InvalidText> {
        self.tag.clone()?;
        let plurals = self.plurals();
        for id in MessageId::ALL.iter().copied() {
            let form = match MessageId::counting_one(id) {
                Some(_) => PluralForm::One,
                None => PluralForm::Other,
            };
            check_text(id, self.text(id), is_one_number(id, form, &plurals))?;
            let forms = |form| self.forms.get(&(id as usize, form));
            let set: Vec<_> =
                PluralForm::ALL.into_iter().filter_map(|form| Some((form, forms(form)?))).collect();
            if let Some((form, _)) =
                set.iter().find(|(form, _)| id.counted().is_none() || !plurals.has(*form))
            {
                return Err(InvalidText::NoSuchForm { id, form: *form });
            }
            for (form, text) in &set {
                check_text(id, text, is_one_number(id, *form, &plurals))?;
            }
            let missing = needed(id, &plurals).into_iter().find(|form| forms(*form).is_none());
            if let Some(form) = missing {
                return Err(InvalidText::NoForm { id, form });
            }
        }
        self.check_lines()
    }
}

/// Returns the forms that a language needs of a text, besides the text itself.
fn needed(id: MessageId, plurals: &Plurals) -> Vec<PluralForm> {
    let Some(counted) = id.counted() else { return Vec::new() };
    let forms = plurals.forms(counted.counts);
    if !counted.each && forms.len() == 1 {
        return Vec::new();
    }
    let has = |form| form == PluralForm::Other || form == PluralForm::One && counted.one.is_some();
    forms.into_iter().filter(|form| !has(*form)).collect()
}

/// Returns whether a form stands for a single number, which the text may then omit.
fn is_one_number(id: MessageId, form: PluralForm, plurals: &Plurals) -> bool {
    let counted = MessageId::counting_one(id).unwrap_or(id).counted();
    counted.is_some_and(|counted| counted.counts.filter(|count| plurals.form(*count) == form).count() == 1)
        || MessageId::counting_one(id).is_some() && plurals.are_one()
}

/// Checks a text. If it is `exact`, it may omit its number.
fn check_text(id: MessageId, text: &str, exact: bool) -> Result<(), InvalidText> {
    let invalid = |why| InvalidText::Text { id, why };
    let mut plain = String::new();
    let mut named = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) =
            after.split_once('}').ok_or(invalid(InvalidMessages::Character { character: '{' }))?;
        if !id.placeholders().contains(&name) {
            return Err(InvalidText::Unknown { id, name: name.to_owned() });
        }
        named.push(name);
        plain.push_str(before);
        // A value is filled in here, so the text around it does not join into a link.
        plain.push('_');
        rest = after;
    }
    plain.push_str(rest);
    let is_optional = |name: &str| id.may_lack(name) || exact && matches!(name, "count" | "tries" | "digits");
    let missing = id.placeholders().iter().find(|name| !named.contains(name) && !is_optional(name));
    if let Some(name) = missing {
        return Err(InvalidText::Missing { id, name });
    }
    if id.is_sent() && named.iter().filter(|name| **name == "code").count() > 1 {
        return Err(InvalidText::CodeTwice { id });
    }
    check_plain(&plain, LONGEST_TEXT).map_err(invalid)?;
    if id.is_sent() { check_sent(&plain).map_err(invalid) } else { Ok(()) }
}

/// Checks an app's name, which is part of messages and pages. It may be a host name.
pub(crate) fn check_name(name: &str) -> Result<(), InvalidMessages> {
    check_plain(name, LONGEST_NAME)?;
    check_sent(name)
}

/// Checks a scope's label, which is part of messages and pages.
pub(crate) fn check_label(label: &str) -> Result<(), InvalidMessages> {
    check_name(label)?;
    if names_a_host(label) { Err(InvalidMessages::Link) } else { Ok(()) }
}

/// Checks a text that a user reads anywhere.
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

/// Checks a text that is sent to a phone. Phones turn text that looks like a link into one, and a last line with `@`
/// and `#` into a binding.
fn check_sent(text: &str) -> Result<(), InvalidMessages> {
    if let Some(character) = text.chars().find(|c| matches!(c, '@' | '#')) {
        return Err(InvalidMessages::Character { character });
    }
    let lower = text.to_lowercase();
    if lower.contains("//") || lower.contains("www.") { Err(InvalidMessages::Link) } else { Ok(()) }
}

/// Returns whether a character is a line separator, changes the direction of writing, or has no width.
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

/// Returns whether a word contains a dot that is followed by letters. Phones turn `evil.example` into a link.
fn names_a_host(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let letters = |part: &str| part.chars().take_while(|c| c.is_alphabetic()).count();
        // Any dot counts, because the last one may be in the path of a link.
        word.split('.').skip(1).any(|end| letters(end) >= 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_messages_pass_the_check() {
        assert_eq!(Messages::english().check(), Ok(()));
    }

    #[test]
    fn labels_cannot_smuggle_anything_into_a_message() {
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
        assert_eq!(check_name("bank.example"), Ok(()), "an app may have the name of its host");
    }

    #[test]
    fn a_text_contains_its_required_placeholders_and_no_others() {
        let check = |id, text: &'static str| Messages::english().set(id, text).check();
        assert_eq!(check(MessageId::Message, "{code}: {label}"), Ok(()));
        assert_eq!(check(MessageId::TriesLeft, "noch {tries}"), Ok(()));
        for (name, id, text) in [
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
            assert!(check(id, text).is_err(), "{name}");
        }
        for tag in ["no tag", "", "pt_BR", "de-", "und", "\"><b>"] {
            assert_eq!(Messages::new(tag, MessageId::english).check(), Err(InvalidText::Language), "{tag}");
        }
        for tag in ["en", "EN", "en-GB", "en-001"] {
            assert_eq!(Messages::new(tag, MessageId::english).check(), Ok(()), "{tag}");
        }
        let others = if cfg!(feature = "translations") { Ok(()) } else { Err(InvalidText::Feature) };
        for tag in ["de", "DE", "pt-BR", "zh-Hant-TW", "es-419", "fa-u-nu-latn", "in"] {
            assert_eq!(Messages::new(tag, MessageId::english).check(), others, "{tag}");
        }
    }
}
