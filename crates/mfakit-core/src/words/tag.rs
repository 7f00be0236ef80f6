//! Language tags and their fallbacks.

use icu_locale::{
    Direction, LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander,
    extensions::Extensions,
    fallback::{LocaleFallbackConfig, LocaleFallbacker},
    subtags::language,
};

/// Language tag (BCP 47) in its canonical form, so that `iw` and `he` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// The language, with script and region if the tag has them.
    pub(super) id: LanguageIdentifier,
    /// The same with its likely script and region: `zh-TW` is written in `Hant`.
    pub(super) full: LanguageIdentifier,
    /// Fallbacks according to the CLDR, the nearest first, beginning with the language itself: `es-MX`,
    /// `es-419`, `es`. All are written in the same script.
    pub(super) chain: Vec<String>,
    /// The tag with its extensions, such as the requested digits.
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
        let mut text = text.get(..100).unwrap_or(text);
        // A language within another, as in `zh-cmn-Hans`, now has a tag of its own (RFC 5646, section 4.5).
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
        loop {
            if let Some(tag) = Self::parse(text) {
                // Norwegian is Bokmål unless the tag says otherwise.
                return if tag.id.language == language!("no") { Self::parse("nb") } else { Some(tag) };
            }
            (text, _) = text.rsplit_once('-')?;
        }
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
