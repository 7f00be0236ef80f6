//! Negotiates the format of an answer by `Accept` (RFC 9110, section 12.5.1).
//!
//! 1. The most specific range that covers a media type gives its quality.
//! 2. The format with the higher quality wins. If both have the same quality, the more specific range wins, or JSON if
//!    both formats are named.
//! 3. Ranges that cannot be read are ignored. Without any range, neither format is preferred.

use std::cmp::Ordering;

use mediatype::{
    MediaType, MediaTypeList, ReadParams,
    names::{_STAR, APPLICATION, CHARSET, HTML, JSON, PROBLEM, Q, TEXT, XHTML, XML},
};

/// Format that a client prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    /// A page.
    Html,
    /// JSON.
    Json,
    /// Neither is preferred.
    Either,
}

/// Media type of our pages, and the other media type with which browsers request them.
const PAGES: [MediaType<'_>; 2] =
    [MediaType::new(TEXT, HTML), MediaType::from_parts(APPLICATION, XHTML, Some(XML), &[])];

/// Media types of our JSON.
const DOCUMENTS: [MediaType<'_>; 2] =
    [MediaType::from_parts(APPLICATION, PROBLEM, Some(JSON), &[]), MediaType::new(APPLICATION, JSON)];

/// Returns the format that an `Accept` header prefers.
#[must_use]
pub(crate) fn preference(accept: Option<&str>) -> Preference {
    let ranges = ranges(accept);
    let (page, document) = (rate(&ranges, &PAGES), rate(&ranges, &DOCUMENTS));
    match page.quality.cmp(&document.quality) {
        Ordering::Greater => Preference::Html,
        Ordering::Less => Preference::Json,
        Ordering::Equal if page.quality == 0 => Preference::Either,
        Ordering::Equal => match page.precision.cmp(&document.precision) {
            Ordering::Greater => Preference::Html,
            Ordering::Less => Preference::Json,
            Ordering::Equal if page.precision == Precision::Named => Preference::Json,
            Ordering::Equal => Preference::Either,
        },
    }
}

/// Returns whether an `Accept` header names a page instead of covering it by a wildcard, as browsers do for
/// navigations.
#[must_use]
pub(crate) fn names_page(accept: Option<&str>) -> bool {
    let names =
        |range: &Range<'_>| range.quality > 0 && PAGES.iter().any(|page| range.media_type.essence() == *page);
    ranges(accept).iter().any(names)
}

fn ranges(accept: Option<&str>) -> Vec<Range<'_>> {
    MediaTypeList::new(accept.unwrap_or_default()).flatten().filter_map(Range::read).collect()
}

/// Media range and its quality in thousandths.
struct Range<'a> {
    media_type: MediaType<'a>,
    quality: u16,
}

impl<'a> Range<'a> {
    fn read(media_type: MediaType<'a>) -> Option<Self> {
        let quality = match media_type.get_param(Q) {
            Some(text) => quality(text.as_str())?,
            None => 1000,
        };
        Some(Self { media_type, quality })
    }

    /// Returns how precisely the range covers a media type, and whether the range has no parameters.
    fn covers(&self, media_type: &MediaType<'_>) -> Option<(Precision, bool)> {
        let range = &self.media_type;
        let bare = range.params().all(|(name, _)| name == Q || name == CHARSET);
        let any = range.subty == _STAR && range.suffix.is_none();
        if range.essence() == *media_type {
            Some((Precision::Named, bare))
        } else if any && range.ty == media_type.ty {
            Some((Precision::Type, bare))
        } else {
            (any && range.ty == _STAR).then_some((Precision::Anything, bare))
        }
    }
}

/// Precision with which a range covers a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    /// By `*/*`.
    Anything,
    /// By `type/*`.
    Type,
    /// By its name.
    Named,
}

/// Quality of a format in thousandths, and the precision of the range that gives it.
#[derive(Clone, Copy)]
struct Rating {
    quality: u16,
    precision: Precision,
}

/// Rates a format by the first of its media types that is named, or else by the wildcard that covers its
/// first one.
fn rate(ranges: &[Range<'_>], media_types: &[MediaType<'_>]) -> Rating {
    let best = |media_type: &MediaType<'_>| {
        let covering = ranges.iter().filter_map(|range| Some((range.covers(media_type)?, range.quality)));
        covering.max().map(|((precision, _), quality)| Rating { quality, precision })
    };
    let named = media_types.iter().filter_map(best).find(|rating| rating.precision == Precision::Named);
    let covered = || media_types.first().and_then(best);
    named.or_else(covered).unwrap_or(Rating { quality: 0, precision: Precision::Anything })
}

/// Reads a weight such as `0.8` in thousandths (RFC 9110, section 12.4.2).
fn quality(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !digits(whole) || !digits(part) {
        return None;
    }
    let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
    let quality = match whole {
        "" | "0" => thousandths.parse().ok()?,
        "1" => 1000 + thousandths.parse::<u16>().ok()?,
        _ => return None,
    };
    (quality <= 1000).then_some(quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_format_follows_quality_then_precision() {
        use Preference::{Either, Html, Json};
        let turbo = "text/vnd.turbo-stream.html, text/html, application/xhtml+xml";
        let chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";
        for (accept, preferred) in [
            (chromium, Html),
            (turbo, Html),
            ("text/html", Html),
            ("TEXT/HTML", Html),
            ("Application/XHTML+XML", Html),
            ("text/html, */*; q=0.01", Html),
            ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", Html),
            ("text/html;charset=utf-8", Html),
            ("text/html;level=1", Html),
            ("text/html;note=\"a, application/json\"", Html),
            ("text/*", Html),
            ("text/*, */*", Html),
            ("*/*, text/html", Html),
            ("text/html;q=0.9, application/json;q=0.8", Html),
            ("application/json;q=0, */*", Html),
            ("application/json;q=0.5, text/html;q=0.501", Html),
            ("text/html;level=1;q=0.1, text/html;q=0.9, application/json;q=0.5", Html),
            ("application/json", Json),
            ("application/problem+json", Json),
            ("application/json, text/plain, */*", Json),
            ("application/json, text/javascript, */*; q=0.01", Json),
            ("application/*", Json),
            ("application/*, */*", Json),
            ("text/html, application/json", Json),
            ("application/json, text/html", Json),
            ("text/html;q=0.8, application/json;q=0.9", Json),
            ("text/html;Q=0.8, application/json", Json),
            ("text/html;q=0.5, */*", Json),
            ("text/html;q=0, */*", Json),
            ("text/*;q=0.5, application/json", Json),
            ("text/html;q=0.5, text/*;q=1, application/json;q=0.6", Json),
            ("application/problem+json;q=0.9, application/json;q=0.1, text/html;q=0.5", Json),
            ("text/html;q=0.000, application/problem+json;q=0.001", Json),
            ("", Either),
            (" , ,", Either),
            ("*/*", Either),
            ("image/avif,image/webp,*/*;q=0.8", Either),
            ("image/*", Either),
            ("text/html;q=0", Either),
            ("text/html;q=0, application/json;q=0", Either),
            ("text/html;q=2", Either),
            ("text/html;q=yes", Either),
            ("text/html;q=", Either),
            ("text/html;q=-1, application/json;q=1.001", Either),
            ("text/html;note=\"", Either),
            ("html", Either),
            ("text/html/x", Either),
            ("application/html+json", Either),
            ("text/ä", Either),
        ] {
            assert_eq!(preference(Some(accept)), preferred, "{accept}");
        }
        assert_eq!(preference(None), Either);
    }

    #[test]
    fn a_page_is_named_by_its_media_type_and_not_by_a_wildcard() {
        for (accept, named) in [
            ("text/html", true),
            ("application/xhtml+xml;q=0.9, */*", true),
            ("text/html;q=0", false),
            ("text/*", false),
            ("*/*", false),
            ("text/htmlx, x/html", false),
        ] {
            assert_eq!(names_page(Some(accept)), named, "{accept}");
        }
    }
}
