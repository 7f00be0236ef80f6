//! What a language is called, and which other languages stand in for it.

use icu_locale::{
    Direction, LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander,
    extensions::Extensions,
    fallback::{LocaleFallbackConfig, LocaleFallbacker},
    subtags::language,
};

/// The tag of a language (BCP 47) in its canonical form, so that `iw` and `he` are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// The language, with its script and region as far as they are said.
    pub(super) id: LanguageIdentifier,
    /// The same with its likely script and region, as `zh-TW` is written in `Hant`.
    pub(super) full: LanguageIdentifier,
    /// What stands in for it, the nearest first, beginning with itself, as the CLDR says: `es-MX`, `es-419`, `es`. Each
    /// is written in the same script.
    pub(super) chain: Vec<String>,
    /// The tag with its extensions, such as the digits that it asks for.
    pub(super) locale: Locale,
}

impl Tag {
    /// The language of this tag; `None` for what is no tag or names no language.
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
        // It ends with the language that nothing is known of.
        while !steps.get().is_unknown() {
            chain.push(steps.get().to_string());
            steps.step();
        }
        Some(Self { id, full, chain, locale })
    }

    /// The language that somebody asks for: the same, and also for tags that browsers of old and other programs send.
    /// What cannot be read at the end of a tag is left out (RFC 4647, section 3.4).
    pub(super) fn asked_for(text: &str) -> Option<Self> {
        let mut text = text.get(..100).unwrap_or(text);
        // A language within another, as in `zh-cmn-Hans`, is called by its own name now (RFC 5646, section 4.5).
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
                // Norwegian is Bokmål where nothing else is said.
                return if tag.id.language == language!("no") { Self::parse("nb") } else { Some(tag) };
            }
            (text, _) = text.rsplit_once('-')?;
        }
    }

    /// What the language is called, without a script that goes without saying.
    pub(super) fn name(&self) -> (Option<&String>, &Extensions) {
        (self.chain.first(), &self.locale.extensions)
    }

    /// Whether it is written from right to left.
    pub(super) fn is_right_to_left(&self) -> bool {
        LocaleDirectionality::new_extended().get(&self.full) == Some(Direction::RightToLeft)
    }

    /// Whether a range of this tag is about that language, by all the subtags that it has.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let (range, full) = (&self.id, &other.full);
        range.language == full.language
            && (range.script.is_none() || range.script == full.script)
            && (range.region.is_none() || range.region == full.region)
            && range.variants.iter().all(|variant| full.variants.contains(variant))
    }

    /// How many subtags it has.
    pub(super) fn length(&self) -> usize {
        let LanguageIdentifier { script, region, variants, .. } = &self.id;
        1 + usize::from(script.is_some()) + usize::from(region.is_some()) + variants.len()
    }
}
