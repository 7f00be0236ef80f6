//! Selects the language of a reader.
//!
//! Follows RFC 4647, section 3.4, with the CLDR data on scripts and regions if the feature `translations` is enabled.
//! For each range of `Accept-Language`, by descending weight, these are tried:
//!
//! 1. the same language, script, and region, including implied ones: `zh-TW` is `zh-Hant-TW`;
//! 2. the language's fallbacks in the same script: `es-MX` falls back to `es-419`, then to `es`;
//! 3. a language that shares the nearest of these: `en-AU` is matched by `en-GB` rather than by `en-US`;
//! 4. the tag without its end: `sr-Latn` is matched by `sr`.
//!
//! If no range matches anything, the same language in another script is better than another language. An excluded
//! language (`q=0`) is chosen only if no other is available.

use crate::messages::{Messages, beginning::beginning, locale::Tag};

/// Maximum number of ranges that are examined.
const MOST_RANGES: usize = 32;

/// Maximum number of bytes of the header that are examined. Browsers send a few dozen.
const MOST_BYTES: usize = 4096;

/// Returns the messages that match `Accept-Language` best, or the default.
pub(crate) fn best<'a>(
    default: &'a Messages,
    translations: &'a [Messages],
    accept_language: Option<&str>,
) -> &'a Messages {
    if translations.is_empty() {
        return default;
    }
    let spoken = std::iter::once(default).chain(translations);
    let spoken = spoken.filter_map(|messages| Some((messages.tag.as_ref().ok()?, messages)));
    nearest(spoken, accept_language).unwrap_or(default)
}

/// Returns the text, or the texts, whose language matches `Accept-Language` best. If none matches, returns the first one
/// that is not excluded.
pub(crate) fn nearest<'t, 'a, T>(
    spoken: impl Iterator<Item = (&'t Tag, &'a T)>,
    accept_language: Option<&str>,
) -> Option<&'a T> {
    let ranges = Ranges::read(accept_language.unwrap_or_default());
    let offered: Vec<_> = spoken.filter(|(tag, _)| !ranges.exclude(tag)).collect();
    let in_another_script =
        |range: &Tag| offered.iter().find(|(tag, _)| tag.shares_language(range)).map(|(_, text)| *text);
    let found = ranges.wanted().find_map(|range| range.nearest(&offered));
    let found = found.or_else(|| ranges.wanted().find_map(in_another_script));
    found.or_else(|| offered.first().map(|(_, text)| *text))
}

/// Ranges of an `Accept-Language` header with their weights, by descending weight. `None` is any language.
struct Ranges(Vec<(Option<Tag>, f32)>);

impl Ranges {
    fn read(accept_language: &str) -> Self {
        let ranges = within_bounds(accept_language).split(',').take(MOST_RANGES);
        let mut ranges: Vec<_> = ranges.filter_map(range).collect();
        // The sort is stable, so of equal weights the earlier range comes first.
        ranges.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        Self(ranges)
    }

    /// Returns the requested languages. Any language may be used if none of them is available.
    fn wanted(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter().filter(|(_, weight)| *weight > 0.0).filter_map(|(tag, _)| tag.as_ref())
    }

    /// Returns whether this language is excluded, according to the narrowest range that matches it.
    fn exclude(&self, tag: &Tag) -> bool {
        let about = self.0.iter().filter(|(range, _)| range.as_ref().is_none_or(|range| range.covers(tag)));
        let length = |range: &Option<Tag>| range.as_ref().map_or(0, Tag::length);
        let narrowest = about.max_by_key(|(range, weight)| (length(range), *weight > 0.0));
        narrowest.is_some_and(|(_, weight)| *weight == 0.0)
    }
}

/// Returns the whole ranges of a header that are examined.
fn within_bounds(accept_language: &str) -> &str {
    let text = beginning(accept_language, MOST_BYTES);
    // The last range may have lost its weight, or part of it.
    if text.len() == accept_language.len() {
        text
    } else {
        text.rsplit_once(',').map_or("", |(whole, _)| whole)
    }
}

/// Reads a range and its weight. `None` if it is not a valid language, or its weight is not valid (RFC 9110,
/// section 12.4.2).
fn range(text: &str) -> Option<(Option<Tag>, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next()?;
    let weight = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let weight: f32 = weight.map_or(Ok(1.0), str::parse).ok()?;
    if !(0.0..=1.0).contains(&weight) {
        return None;
    }
    // A wildcard at the beginning makes the whole range one; others change nothing (RFC 4647, section 3.2).
    if range.split('-').next() == Some("*") {
        return Some((None, weight));
    }
    let named: Vec<_> = range.split('-').filter(|subtag| *subtag != "*").collect();
    Some((Some(Tag::asked_for(&named.join("-"))?), weight))
}

#[cfg(test)]
#[cfg(feature = "translations")]
mod tests {
    use super::*;
    use crate::messages::MessageId;

    fn spoken(offered: &str, accept: Option<&str>) -> String {
        let mut offered = offered.split(' ').map(|tag| Messages::new(tag.to_owned(), MessageId::english));
        let default = offered.next().unwrap();
        let translations: Vec<_> = offered.collect();
        best(&default, &translations, accept).language().to_owned()
    }

    #[test]
    fn a_header_is_read_up_to_its_last_whole_range_within_bounds() {
        let padding = " ".repeat(4080);
        for (accept, language) in [
            (format!("de,{padding}fr"), "de"),
            // If it were cut within its weight, the range would exclude the language that it requests.
            (format!("de;q=0.1,{padding}  de;q=0.9"), "de"),
            (format!("de{}", "-é".repeat(150_000)), "en"),
            (format!("de,{}", "en-é,".repeat(60_000)), "de"),
        ] {
            assert!(within_bounds(&accept).len() <= MOST_BYTES);
            assert_eq!(spoken("en de fr", Some(&accept)), language, "{}", beginning(&accept, 40));
        }
    }

    #[test]
    fn the_language_with_the_highest_weight_is_selected() {
        for (accept, language) in [
            (None, "en"),
            (Some(""), "en"),
            (Some("*"), "en"),
            (Some("*-CH"), "en"),
            (Some("fr"), "en"),
            (Some("de"), "de"),
            (Some("DE"), "de"),
            (Some("de-AT"), "de"),
            (Some("de-*-AT"), "de"),
            (Some("de-Latn-CH-1996-x-bank"), "de"),
            (Some("fr, de;q=0.5, en;q=0.4"), "de"),
            (Some("en;q=0.4, de;q=0.5"), "de"),
            (Some("en;q=0.4,de; Q=0.5"), "de"),
            (Some("*, de;q=0.5"), "de"),
            (Some("de;q=0, en;q=0.1"), "en"),
            (Some("pt-PT"), "pt-PT"),
            (Some("pt"), "pt-BR"),
            (Some("pt-AO"), "pt-PT"),
            (Some("de;q=much, pt;q=0.1"), "pt-BR"),
            (Some("de;q=2, pt;q=0.1"), "pt-BR"),
            (Some("de;q=NaN, pt;q=0.1"), "pt-BR"),
            (Some("\"><b>"), "en"),
        ] {
            assert_eq!(spoken("en de pt-BR pt-PT", accept), language, "{accept:?}");
        }
    }

    #[test]
    fn script_and_region_are_considered() {
        for (offered, accept, language) in [
            ("en zh-Hans zh-Hant", "zh-TW", "zh-Hant"),
            ("en zh-Hans zh-Hant-TW", "zh-TW", "zh-Hant-TW"),
            ("en zh-CN zh-TW", "zh-Hant", "zh-TW"),
            ("en zh-CN zh-TW", "zh-Hant-HK", "zh-TW"),
            ("en zh-Hans zh-Hant zh-Hant-HK", "zh-HK", "zh-Hant-HK"),
            ("en zh-Hans zh-Hant", "zh-Hant-HK", "zh-Hant"),
            ("en zh-Hant zh-Hans", "zh", "zh-Hans"),
            ("en zh-Hant zh-Hans", "zh-SG", "zh-Hans"),
            ("en zh-Hant zh", "zh-CN", "zh"),
            ("en zh zh-Hant", "zh-TW, zh;q=0.9, en;q=0.8", "zh-Hant"),
            ("en zh", "zh-TW, en;q=0.8", "zh"),
            ("en zh-Hans", "zh-TW, fr;q=0.8", "zh-Hans"),
            ("de zh-Hans en", "zh-TW, en;q=0.8", "en"),
            ("en sr sr-Latn", "sr-Latn", "sr-Latn"),
            ("en sr-Latn sr", "sr", "sr"),
            ("en sr-Latn sr", "sr-ME", "sr-Latn"),
            ("de en-US en-GB", "en-AU", "en-GB"),
            ("de en-GB en-US", "en", "en-US"),
            ("de en-GB", "en-US", "en-GB"),
            ("en es-ES es-419", "es-MX", "es-419"),
            ("en es es-AR", "es-MX", "es"),
            ("en es-ES es-AR", "es-MX", "es-AR"),
            ("en pt-PT", "pt-BR", "pt-PT"),
        ] {
            assert_eq!(spoken(offered, Some(accept)), language, "{accept} of {offered}");
        }
    }

    #[test]
    fn former_names_of_a_language_are_recognized() {
        for (offered, accept, language) in [
            ("en he", "iw", "he"),
            ("en iw", "he-IL", "iw"),
            ("en id", "in-ID", "id"),
            ("en yi", "ji", "yi"),
            ("en nb", "no", "nb"),
            ("en nn nb", "no-NO", "nb"),
            ("en no", "nb-NO", "no"),
            ("en nb", "nn", "nb"),
            ("en fil", "tl", "fil"),
            ("en sr sr-Latn", "sh", "sr-Latn"),
            ("en zh-Hans zh-Hant", "zh-cmn-Hant-TW", "zh-Hant"),
            ("en zh-Hans", "cmn", "zh-Hans"),
            ("en yue", "zh-yue", "yue"),
            ("en ar", "ar-arb", "ar"),
            ("en zh-Hans", "zh-min-nan, zh;q=0.5", "zh-Hans"),
        ] {
            assert_eq!(spoken(offered, Some(accept)), language, "{accept} of {offered}");
        }
    }

    #[test]
    fn an_excluded_language_is_selected_only_if_there_is_no_other() {
        for (offered, accept, language) in [
            ("de en", "de;q=0", "en"),
            ("de en fr", "de;q=0, *", "en"),
            ("de en fr", "de;q=0.0, en;q=0, *;q=0.1", "fr"),
            ("de en", "de;q=0, en;q=0", "de"),
            ("de en", "fr, *;q=0", "de"),
            ("en de", "de-AT, de;q=0", "en"),
            ("en pt-PT pt-BR", "pt, pt-PT;q=0", "pt-BR"),
            ("en zh-Hans zh-Hant-TW", "zh-TW, zh-Hant;q=0", "zh-Hant-TW"),
            ("en zh-Hant zh-Hans", "zh, zh-Hans;q=0", "zh-Hant"),
        ] {
            assert_eq!(spoken(offered, Some(accept)), language, "{accept} of {offered}");
        }
    }
}
