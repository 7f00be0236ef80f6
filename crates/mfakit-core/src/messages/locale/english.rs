//! English alone, without data on other languages.

use std::{collections::BTreeSet, ops::RangeInclusive};

use crate::messages::{decimal::plain, invalid::InvalidText, plain_digits::PLAIN_DIGITS, plural::PluralForm};

/// Region of English whose tag names none.
const LIKELY_REGION: &str = "US";

/// Tag of English, such as `en`, `en-GB` or `en-001`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Region in capitals.
    region: Option<String>,
}

impl Tag {
    /// Reads the tag of an app's texts.
    pub(crate) fn of_texts(text: &str) -> Result<Self, InvalidText> {
        if !is_well_formed(text) {
            return Err(InvalidText::Language);
        }
        let whole = |tag: &Self| match &tag.region {
            None => text.len() == "en".len(),
            Some(region) => text.len() == "en-".len() + region.len(),
        };
        Self::asked_for(text).filter(whole).ok_or(InvalidText::Feature)
    }

    /// Reads a requested language. `None` if it is not English. Ignores everything after the region.
    pub(crate) fn asked_for(text: &str) -> Option<Self> {
        let mut subtags = text.split('-');
        if !subtags.next()?.eq_ignore_ascii_case("en") {
            return None;
        }
        // A script may precede the region, and a single letter begins something else.
        let region = subtags.take(2).take_while(|subtag| subtag.len() > 1).find(|subtag| is_region(subtag));
        Some(Self { region: region.map(str::to_ascii_uppercase) })
    }

    /// Returns whether both name the same language, and texts in it are written in the same way.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// Returns whether both name the same language, in any script and region.
    pub(crate) const fn shares_language(&self, _: &Self) -> bool {
        true
    }

    /// Returns whether the language is written from right to left.
    pub(crate) const fn is_right_to_left(&self) -> bool {
        false
    }

    /// Returns whether a range of this tag matches the language, by all subtags of the range.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.region.is_none() || self.likely_region() == other.likely_region()
    }

    /// Returns the number of subtags.
    pub(crate) fn length(&self) -> usize {
        1 + usize::from(self.region.is_some())
    }

    /// Returns the language on offer that is nearest to the requested one, `self`.
    pub(crate) fn nearest<T: Copy>(&self, offered: &[(&Self, T)]) -> Option<T> {
        let first = |suits: &dyn Fn(&Self) -> bool| {
            offered.iter().find(|(tag, _)| suits(tag)).map(|(_, messages)| *messages)
        };
        first(&|tag| tag == self)
            .or_else(|| first(&|tag| tag.likely_region() == self.likely_region()))
            .or_else(|| first(&|tag| tag.region.is_none()))
            .or_else(|| first(&|_| true))
    }

    /// Returns the digits of the language, from zero to nine.
    pub(crate) const fn digits(&self) -> [char; 10] {
        PLAIN_DIGITS
    }

    /// Returns `units` of the last of `digits` decimal digits as a number of the language.
    #[allow(clippy::unnecessary_wraps, reason = "the data of other languages may lack it")]
    pub(crate) fn decimal(&self, units: u64, digits: u8, grouped: bool) -> Option<String> {
        let number = plain(units, digits);
        let whole = number.find('.').unwrap_or(number.len());
        let separator = |at: usize| grouped && at > 0 && at < whole && (whole - at).is_multiple_of(3);
        let written =
            number.char_indices().flat_map(|(at, c)| separator(at).then_some(',').into_iter().chain([c]));
        Some(written.collect())
    }

    /// Returns the plural rules of the language.
    pub(crate) const fn plurals(&self) -> Plurals {
        Plurals { has_one: true }
    }

    fn likely_region(&self) -> &str {
        self.region.as_deref().unwrap_or(LIKELY_REGION)
    }
}

/// Returns whether a text has the form of a language tag (RFC 5646, section 2.1).
fn is_well_formed(text: &str) -> bool {
    let (language, rest) = text.split_once('-').unwrap_or((text, "x"));
    let alphanumeric = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && rest.split('-').all(alphanumeric)
        && !language.eq_ignore_ascii_case("und")
}

/// Returns whether a subtag names a region: two letters, or three digits.
fn is_region(subtag: &str) -> bool {
    match subtag.len() {
        2 => subtag.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => subtag.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// Plural rules of English, or of an unknown language.
pub(crate) struct Plurals {
    has_one: bool,
}

impl Plurals {
    /// Returns the rules of an unknown language.
    pub(crate) const fn none() -> Self {
        Self { has_one: false }
    }

    /// Returns the form for a number.
    pub(crate) const fn form(&self, count: u64) -> PluralForm {
        if self.has_one && count == 1 { PluralForm::One } else { PluralForm::Other }
    }

    /// Returns the forms that these numbers take.
    pub(crate) fn forms(&self, counts: RangeInclusive<u64>) -> BTreeSet<PluralForm> {
        counts.map(|count| self.form(count)).collect()
    }

    /// Returns whether the language has this form, including for fractions.
    pub(crate) fn has(&self, form: PluralForm) -> bool {
        form == PluralForm::Other || form == PluralForm::One && self.has_one
    }

    /// Returns whether all numbers take one form, or the language is unknown.
    pub(crate) const fn are_one(&self) -> bool {
        !self.has_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_read_with_its_region_and_other_languages_name_the_feature() {
        for (text, region) in [
            ("en", None),
            ("EN", None),
            ("en-GB", Some("GB")),
            ("en-gb", Some("GB")),
            ("en-001", Some("001")),
        ] {
            assert_eq!(Tag::of_texts(text), Ok(Tag { region: region.map(str::to_owned) }), "{text}");
        }
        for other in
            ["de", "pt-BR", "zh-Hant-TW", "ar-EG", "english", "en-Latn", "en-GB-oxendict", "en-u-nu-latn"]
        {
            assert_eq!(Tag::of_texts(other), Err(InvalidText::Feature), "{other}");
        }
        for bad in
            ["", "e", "no tag", "Deutsch!", "pt_BR", "de-", "en-", "en--GB", "und", "\"><b>", "\u{e9}n"]
        {
            assert_eq!(Tag::of_texts(bad), Err(InvalidText::Language), "{bad}");
        }
        assert!(InvalidText::Feature.to_string().contains("\"translations\""));
    }

    #[test]
    fn the_region_that_is_requested_is_selected_if_it_is_offered() {
        for (offered, requested, selected) in [
            (&["en", "en-GB"][..], "en-GB", Some("en-GB")),
            (&["en", "en-GB"], "en-US", Some("en")),
            (&["en-GB", "en-US"], "en", Some("en-US")),
            (&["en-GB", "en"], "en-AU", Some("en")),
            (&["en-GB"], "en-US", Some("en-GB")),
            (&["en", "en-GB"], "en-Latn-GB-oxendict-x-us", Some("en-GB")),
            (&["en-GB", "en"], "en-x-gb", Some("en")),
            (&["en"], "de", None),
            (&["en"], "eng-GB", None),
            (&[], "en", None),
        ] {
            let tags: Vec<_> = offered.iter().map(|tag| (Tag::of_texts(tag).unwrap(), *tag)).collect();
            let tags: Vec<_> = tags.iter().map(|(tag, text)| (tag, *text)).collect();
            let found = Tag::asked_for(requested).and_then(|tag| tag.nearest(&tags));
            assert_eq!(found, selected, "{requested} of {offered:?}");
        }
    }

    #[cfg(all(feature = "testing", not(feature = "translations")))]
    #[test]
    fn the_builder_rejects_other_languages_and_selects_among_regions() {
        use crate::{
            Mfa, MfaBuilder, PhoneNumber, UserId,
            messages::{MessageId, Messages},
            testing::TestProvider,
        };

        let speaking = |tags: &[&'static str]| {
            let builder = Mfa::builder(TestProvider::new(), "https://bank.example")
                .scope("pay", "pay")
                .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
                .messaging_to(["US"]);
            let messages = |tag: &&'static str| Messages::new(*tag, MessageId::english).label("pay", "pay");
            tags.iter().map(messages).fold(builder, MfaBuilder::messages).build()
        };
        let error = speaking(&["en", "de"]).unwrap_err().to_string();
        assert!(error.contains("\"de\"") && error.contains("the feature \"translations\""), "{error}");
        assert!(speaking(&["en", "EN"]).is_err());
        let mfa = speaking(&["en", "en-GB"]).unwrap();
        for (accept, language) in [
            (None, "en"),
            (Some("de, en-GB;q=0.8, en;q=0.7"), "en-GB"),
            (Some("en-US"), "en"),
            (Some("en;q=0, en-GB"), "en-GB"),
            (Some("de, *;q=0.1"), "en"),
        ] {
            assert_eq!(mfa.messages(accept).language(), language, "{accept:?}");
        }
    }

    #[cfg(feature = "translations")]
    #[test]
    fn english_has_the_rules_of_the_cldr() {
        use super::super::cldr;

        for text in ["en", "en-US", "en-GB", "en-AU", "en-001"] {
            let (ours, theirs) = (Tag::of_texts(text).unwrap(), cldr::Tag::of_texts(text).unwrap());
            assert_eq!(ours.digits(), theirs.digits(), "{text}");
            assert_eq!(ours.is_right_to_left(), theirs.is_right_to_left(), "{text}");
            assert_eq!(ours.length(), theirs.length(), "{text}");
            for units in [0, 1, 99, 100, 999, 12_345, 99_999, 100_000, 123_456_789, u64::MAX] {
                for (digits, grouped) in [(0, true), (0, false), (2, true), (2, false), (3, true), (4, false)]
                {
                    let (mine, yours) =
                        (ours.decimal(units, digits, grouped), theirs.decimal(units, digits, grouped));
                    assert_eq!(mine, yours, "{text} {units} {digits} {grouped}");
                }
            }
            let (plurals, rules) = (ours.plurals(), theirs.plurals());
            assert_eq!(plurals.forms(0..=1000), rules.forms(0..=1000), "{text}");
            assert!((0..=1000).all(|count| plurals.form(count) == rules.form(count)), "{text}");
            assert!(PluralForm::ALL.iter().all(|form| plurals.has(*form) == rules.has(*form)), "{text}");
            assert_eq!(plurals.are_one(), rules.are_one(), "{text}");
            for other in ["en", "en-US", "en-GB", "en-AU", "en-001"] {
                let (mine, yours) = (Tag::of_texts(other).unwrap(), cldr::Tag::of_texts(other).unwrap());
                assert_eq!(ours.covers(&mine), theirs.covers(&yours), "{text} {other}");
                assert_eq!(ours.is_same(&mine), theirs.is_same(&yours), "{text} {other}");
                assert_eq!(ours.shares_language(&mine), theirs.shares_language(&yours), "{text} {other}");
            }
        }
        let (plurals, rules) = (Plurals::none(), cldr::Plurals::none());
        for count in 0..=10 {
            assert_eq!(plurals.form(count), rules.form(count), "{count}");
        }
        assert!(PluralForm::ALL.iter().all(|form| plurals.has(*form) == rules.has(*form)));
        assert_eq!(plurals.are_one(), rules.are_one());
    }
}
