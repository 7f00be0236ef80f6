//! Characters that show nothing, or that change how the text around them is shown.
//!
//! The table is that of Unicode. A test compares every code point with ICU's data.

/// Ascending ranges of characters that are ignorable by default, format characters, or for private use.
const INVISIBLE: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{ffffd}'),
    ('\u{100000}', '\u{10fffd}'),
];

/// Ascending ranges of marks that are not part of the writing of a language, and that pile up over and under a line.
const PILING: &[(char, char)] = &[
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{20d0}', '\u{20ff}'),
    ('\u{fe20}', '\u{fe2f}'),
];

/// Returns whether a character shows nothing by itself, or changes how others are shown.
pub(super) fn is_invisible(character: char) -> bool {
    is_in(INVISIBLE, character)
}

/// Returns whether a character is drawn over or under the one before it.
pub(super) fn is_piling(character: char) -> bool {
    is_in(PILING, character)
}

/// Returns whether a character is in one of the ascending ranges of a table.
pub(super) fn is_in(table: &[(char, char)], character: char) -> bool {
    let after = table.partition_point(|(first, _)| *first <= character);
    let range = after.checked_sub(1).and_then(|before| table.get(before));
    range.is_some_and(|(_, last)| character <= *last)
}

#[cfg(test)]
mod tests {
    use icu_properties::{
        CodePointMapData, CodePointSetData,
        props::{DefaultIgnorableCodePoint, GeneralCategory},
    };

    use super::*;

    #[test]
    fn the_table_has_every_character_that_shows_nothing() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        for character in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let category = categories.get(character);
            let listed = ignorable.contains(character)
                || matches!(category, GeneralCategory::Format | GeneralCategory::PrivateUse);
            assert_eq!(is_invisible(character), listed, "{character:?}");
        }
    }
}
