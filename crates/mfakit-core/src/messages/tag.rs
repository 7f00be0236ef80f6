//! Language tags and their fallbacks.

use std::iter;

use icu_locale::{
    Direction, LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander,
    extensions::Extensions,
    fallback::{LocaleFallbackConfig, LocaleFallbacker},
    subtags::language,
};

/// Maximum numbers of bytes and subtags of a tag that are examined. Every subtag may cause a parse, and the sender
/// chooses their number.
const MOST_BYTES: usize = 100;
const MOST_SUBTAGS: usize = 16;

/// Language tag (BCP 47) in its canonical form, so that `iw` and `he` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Language, with script and region if the tag has them.
    pub(super) id: LanguageIdentifier,
    /// Language with its likely script and region: `zh-TW` is written in `Hant`.
    pub(super) full: LanguageIdentifier,
    /// Fallbacks according to the CLDR, the nearest first, beginning with the language itself: `es-MX`,
    /// `es-419`, `es`. All are written in the same script.
    pub(super) chain: Vec<String>,
    /// Tag with its extensions, such as the requested digits.
    pub(super) locale: Locale,
}

impl Tag {
    /// Parses a tag. `None` if it is not valid or names no language.
    pub(super) fn parse(text: &str) -> Option<Self> {
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
    pub(super) fn asked_for(text: &str) -> Option<Self> {
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

    /// Returns the name of the language, without a script that is implied.
    pub(super) fn name(&self) -> (Option<&String>, &Extensions) {
        (self.chain.first(), &self.locale.extensions)
    }

    /// Returns whether the language is written from right to left.
    pub(super) fn is_right_to_left(&self) -> bool {
        LocaleDirectionality::new_extended().get(&self.full) == Some(Direction::RightToLeft)
    }

    /// Returns whether a range of this tag matches the language, by all subtags of the range.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let (range, full) = (&self.id, &other.full);
        range.language == full.language
            && (range.script.is_none() || range.script == full.script)
            && (range.region.is_none() || range.region == full.region)
            && range.variants.iter().all(|variant| full.variants.contains(variant))
    }

    /// Returns the number of subtags.
    pub(super) fn length(&self) -> usize {
        let LanguageIdentifier { script, region, variants, .. } = &self.id;
        1 + usize::from(script.is_some()) + usize::from(region.is_some()) + variants.len()
    }
}

/// Returns the beginning of a text: whole characters of at most this many bytes.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    // A character has at most four bytes.
    (0..4).find_map(|fewer| text.get(..bytes.checked_sub(fewer)?)).unwrap_or(text)
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

    #[test]
    fn the_beginning_of_a_text_ends_with_a_whole_character() {
        for (text, bytes, expected) in [
            ("", 3, ""),
            ("en", 3, "en"),
            ("eng", 3, "eng"),
            ("engl", 3, "eng"),
            ("enéé", 3, "en"),
            ("\u{1f512}", 3, ""),
            ("a\u{1f512}", 4, "a"),
        ] {
            assert_eq!(beginning(text, bytes), expected, "{text:?} {bytes}");
        }
    }
}
