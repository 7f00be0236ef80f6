//! Which language somebody reads.

use unic_langid::LanguageIdentifier;

use crate::Words;

/// The words that suit `Accept-Language` best: its languages by their weights, and for each the same tag or else one
/// of the same language (RFC 4647, section 3.4, after RFC 9110, section 12.5.4). The default where none suits.
pub(crate) fn best<'a>(
    default: &'a Words,
    translations: &'a [Words],
    accept_language: Option<&str>,
) -> &'a Words {
    if translations.is_empty() {
        return default;
    }
    let mut wanted: Vec<(LanguageIdentifier, f32)> =
        accept_language.unwrap_or_default().split(',').take(32).filter_map(range).collect();
    // Stable, so that of equal weights the earlier is wanted more.
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let languages = || std::iter::once(default).chain(translations);
    let tagged = || languages().filter_map(|words| Some((words, words.language().parse().ok()?)));
    let suits = |wanted: &LanguageIdentifier| {
        let same = tagged().find(|(_, tag): &(_, LanguageIdentifier)| tag == wanted);
        same.or_else(|| tagged().find(|(_, tag)| tag.language == wanted.language)).map(|(words, _)| words)
    };
    wanted.iter().find_map(|(range, _)| suits(range)).unwrap_or(default)
}

/// A language and how much it is wanted; `None` for what is no language or not wanted at all.
fn range(text: &str) -> Option<(LanguageIdentifier, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?.parse().ok()?;
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    let weight: f32 = weight.map_or(Ok(1.0), str::parse).ok()?;
    (weight > 0.0).then_some((tag, weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Word;

    #[test]
    fn the_language_that_is_wanted_most_is_spoken() {
        let default = Words::english();
        let translations = ["de", "pt-BR", "pt-PT"].map(|tag| Words::new(tag, Word::english));
        for (accept, spoken) in [
            (None, "en"),
            (Some(""), "en"),
            (Some("*"), "en"),
            (Some("fr"), "en"),
            (Some("de"), "de"),
            (Some("DE"), "de"),
            (Some("de-AT"), "de"),
            (Some("fr, de;q=0.5, en;q=0.4"), "de"),
            (Some("en;q=0.4, de;q=0.5"), "de"),
            (Some("de;q=0, en;q=0.1"), "en"),
            (Some("pt-PT"), "pt-PT"),
            (Some("pt"), "pt-BR"),
            (Some("de;q=much, pt;q=0.1"), "pt-BR"),
            (Some("\"><b>"), "en"),
        ] {
            assert_eq!(best(&default, &translations, accept).language(), spoken, "{accept:?}");
        }
    }
}
