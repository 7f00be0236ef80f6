//! Language tags and their fallbacks.

use std::iter;

use icu_locale::{
    Direction, LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander,
    extensions::Extensions,
    fallback::{LocaleFallbackConfig, LocaleFallbacker},
    subtags::language,
};

use super::{
    digits::{decimal, digits},
    plurals::Plurals,
};
use crate::messages::{beginning::beginning, invalid::InvalidText};

/// Maximum numbers of bytes and subtags of a tag that are examined. Every subtag may cause a parse, and the sender
/// chooses their number.
const MOST_BYTES: usize = 100;
const MOST_SUBTAGS: usize = 16;

/// Language tag (BCP 47) in its canonical form, so that `iw` and `he` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Language, with script and region if the tag has them.
    id: LanguageIdentifier,
    /// Language with its likely script and region: `zh-TW` is written in `Hant`.
    full: LanguageIdentifier,
    /// Fallbacks according to the CLDR, the nearest first, beginning with the language itself: `es-MX`,
    /// `es-419`, `es`. All are written in the same script.
    chain: Vec<String>,
    /// Tag with its extensions, such as the requested digits.
    locale: Locale,
}

impl Tag {
    /// Reads the tag of an app's texts.
    pub(crate) fn of_texts(text: &str) -> Result<Self, InvalidText> {
        let written = text.parse::<Locale>().map(|locale| locale.to_string());
        let is_written = written.is_ok_and(|written| written.eq_ignore_ascii_case(text));
        Self::parse(text).filter(|_| is_written).ok_or(InvalidText::Language)
    }

    /// Parses a tag. `None` if it is not valid or names no language.
    fn parse(text: &str) -> Option<Self> {
        let mut locale = text.parse::<Locale>().ok()?;
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        if locale.id.language == language!("und") {
            return None;
        }
        let id = locale.id.clone();
        let mut full = id.clone();
        LocaleExpander::new_extended().maximize(&mut full);
        let mut steps =
            LocaleFallbacker::new().for_config(LocaleFallbackConfig::default()).fallback_for((&id).into());
        let mut chain = Vec::new();
        // The chain ends with the undetermined language.
        while !steps.get().is_unknown() {
            chain.push(steps.get().to_string());
            steps.step();
        }
        Some(Self { id, full, chain, locale })
    }

    /// Parses a requested language. Also accepts tags that old browsers and other clients send, and drops
    /// unreadable subtags at the end (RFC 4647, section 3.4).
    pub(crate) fn asked_for(text: &str) -> Option<Self> {
        let text = within_bounds(text);
        // A language within another, as in `zh-cmn-Hans`, now has a separate tag (RFC 5646, section 4.5).
        if let Some((outer, inner)) = text.split_once('-')
            && matches!(outer.to_ascii_lowercase().as_str(), "ar" | "kok" | "ms" | "sgn" | "sw" | "uz" | "zh")
            && inner
                .split('-')
                .next()
                .is_some_and(|inner| inner.len() == 3 && !inner.starts_with(|c: char| c.is_ascii_digit()))
            && let Some(inner) = Self::parse(inner)
        {
            return Some(inner);
        }
        let tag = shortened(text).find_map(Self::parse)?;
        // Norwegian is Bokmål unless the tag states otherwise.
        if tag.id.language == language!("no") { Self::parse("nb") } else { Some(tag) }
    }

    /// Returns whether both name the same language, and texts in it are written in the same way.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.name() == other.name()
    }

    /// Returns whether both name the same language, in any script and region.
    pub(crate) fn shares_language(&self, other: &Self) -> bool {
        self.id.language == other.id.language
    }

    /// Returns the language on offer that is nearest to the requested one, `self`.
    pub(crate) fn nearest<T: Copy>(&self, offered: &[(&Self, T)]) -> Option<T> {
        let first = |suits: &dyn Fn(&Self) -> bool| {
            offered.iter().find(|(tag, _)| suits(tag)).map(|(_, messages)| *messages)
        };
        first(&|tag| tag.id == self.id)
            .or_else(|| first(&|tag| tag.full == self.full))
            .or_else(|| self.chain.iter().find_map(|near| first(&|tag| tag.chain.first() == Some(near))))
            .or_else(|| self.chain.iter().find_map(|near| first(&|tag| tag.chain.contains(near))))
            .or_else(|| {
                let mut cut = self.id.clone();
                cut.variants.clear();
                cut.region = None;
                first(&|tag| tag.id == cut).or_else(|| {
                    cut.script = None;
                    first(&|tag| tag.id == cut)
                })
            })
    }

    /// Returns the digits of the language, from zero to nine.
    pub(crate) fn digits(&self) -> [char; 10] {
        digits(&self.locale)
    }

    /// Returns `units` of the last of `digits` decimal digits as a number of the language, if its data is there.
    pub(crate) fn decimal(&self, units: u64, digits: u8, grouped: bool) -> Option<String> {
        decimal(&self.locale, units, digits, grouped)
    }

    /// Returns the plural rules of the language.
    pub(crate) fn plurals(&self) -> Plurals {
        Plurals::of(&self.id)
    }

    /// Returns the name of the language, without a script that is implied.
    fn name(&self) -> (Option<&String>, &Extensions) {
        (self.chain.first(), &self.locale.extensions)
    }

    /// Returns whether the language is written from right to left.
    pub(crate) fn is_right_to_left(&self) -> bool {
        LocaleDirectionality::new_extended().get(&self.full) == Some(Direction::RightToLeft)
    }

    /// Returns whether a range of this tag matches the language, by all subtags of the range.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let (range, full) = (&self.id, &other.full);
        range.language == full.language
            && (range.script.is_none() || range.script == full.script)
            && (range.region.is_none() || range.region == full.region)
            && range.variants.iter().all(|variant| full.variants.contains(variant))
    }

    /// Returns the number of subtags.
    pub(crate) fn length(&self) -> usize {
        let LanguageIdentifier { script, region, variants, .. } = &self.id;
        1 + usize::from(script.is_some()) + usize::from(region.is_some()) + variants.len()
    }
}

/// Returns the part of a tag that is examined.
fn within_bounds(text: &str) -> &str {
    let text = beginning(text, MOST_BYTES);
    match text.match_indices('-').nth(MOST_SUBTAGS - 1) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Returns a tag, then without its last subtag, and so on.
fn shortened(text: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(text), |text| text.rsplit_once('-').map(|(rest, _)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_tag_costs_a_bounded_number_of_parses() {
        let subtags = format!("en{}", "-10000".repeat(16));
        for hostile in [
            // Byte 100 is the middle of a character.
            format!("{subtags}-é{}", "-a".repeat(150_000)),
            format!("en{}", "-a".repeat(150_000)),
            format!("e{}", "-".repeat(300_000)),
            "é".repeat(150_000),
            "\u{1f512}".repeat(75_000),
        ] {
            let text = within_bounds(&hostile);
            assert!(text.len() <= MOST_BYTES && shortened(text).count() <= MOST_SUBTAGS, "{text}");
        }
    }
}
