//! Digits in any script, as people write them.
//!
//! The tables are those of Unicode. A test compares every code point with ICU's data, so that it fails when a new version
//! of Unicode adds one.

/// Zeros of all scripts but ASCII, in ascending order.
///
/// Unicode encodes decimal digits only in ascending runs of ten that begin with zero (The Unicode Standard,
/// section 4.6).
const ZEROS: &[char] = &[
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11de0}',
    '\u{11f50}',
    '\u{16130}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{16d70}',
    '\u{1ccf0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// Characters that are ignored beside white space, as ascending ranges.
const IGNORED: &[(char, char)] = &[
    ('\u{2d}', '\u{2d}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{58a}', '\u{58a}'),
    ('\u{5be}', '\u{5be}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1400}', '\u{1400}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{1806}', '\u{1806}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{2015}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2053}', '\u{2053}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{207b}', '\u{207b}'),
    ('\u{208b}', '\u{208b}'),
    ('\u{2212}', '\u{2212}'),
    ('\u{2e17}', '\u{2e17}'),
    ('\u{2e1a}', '\u{2e1a}'),
    ('\u{2e3a}', '\u{2e3b}'),
    ('\u{2e40}', '\u{2e40}'),
    ('\u{2e5d}', '\u{2e5d}'),
    ('\u{301c}', '\u{301c}'),
    ('\u{3030}', '\u{3030}'),
    ('\u{30a0}', '\u{30a0}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{fe31}', '\u{fe32}'),
    ('\u{fe58}', '\u{fe58}'),
    ('\u{fe63}', '\u{fe63}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ff0d}', '\u{ff0d}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{10d6e}', '\u{10d6e}'),
    ('\u{10ead}', '\u{10ead}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Returns the ASCII digit for a decimal digit of any script.
pub(crate) fn decimal_digit(character: char) -> Option<char> {
    if character.is_ascii() {
        return character.is_ascii_digit().then_some(character);
    }
    let after = ZEROS.partition_point(|zero| *zero <= character);
    let zero = ZEROS.get(after.checked_sub(1)?)?;
    char::from_digit(u32::from(character) - u32::from(*zero), 10)
}

/// Returns whether a character is ignored around and between digits.
pub(crate) fn is_ignored(character: char) -> bool {
    let after = IGNORED.partition_point(|(first, _)| *first <= character);
    let range = after.checked_sub(1).and_then(|before| IGNORED.get(before));
    character.is_whitespace() || range.is_some_and(|(_, last)| character <= *last)
}

#[cfg(test)]
mod tests {
    use icu_properties::{
        CodePointMapData, CodePointSetData,
        props::{Dash, DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace},
    };

    use super::*;

    fn characters() -> impl Iterator<Item = char> {
        (0..=0x0010_ffff).filter_map(char::from_u32)
    }

    /// Writes a character as in the tables.
    fn written(character: &char) -> String {
        format!("'{}'", character.escape_unicode())
    }

    #[test]
    fn the_table_has_every_decimal_digit_of_unicode() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let mut run = 0;
        let values: Vec<_> = characters()
            .map(|character| {
                let is_digit = categories.get(character) == GeneralCategory::DecimalNumber;
                run = if is_digit { run + 1 } else { 0 };
                (character, is_digit.then(|| char::from_digit((run - 1) % 10, 10).unwrap()))
            })
            .collect();
        let zero = |(character, value): &(char, _)| {
            (*value == Some('0') && !character.is_ascii()).then_some(*character)
        };
        let zeros: Vec<_> = values.iter().filter_map(zero).collect();
        assert!(ZEROS == zeros, "the zeros are {}", zeros.iter().map(written).collect::<Vec<_>>().join(", "));
        for (character, value) in values {
            assert_eq!(decimal_digit(character), value, "{character:?}");
        }
    }

    #[test]
    fn the_table_has_every_dash_and_every_character_without_width() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let (dashes, ignorable) =
            (CodePointSetData::new::<Dash>(), CodePointSetData::new::<DefaultIgnorableCodePoint>());
        let spaces = CodePointSetData::new::<WhiteSpace>();
        let listed = |character| {
            dashes.contains(character)
                || ignorable.contains(character)
                || categories.get(character) == GeneralCategory::Format
        };
        let mut ranges: Vec<(char, char)> = Vec::new();
        for character in characters().filter(|character| listed(*character)) {
            match ranges.last_mut() {
                Some((_, last)) if u32::from(*last) + 1 == u32::from(character) => *last = character,
                _ => ranges.push((character, character)),
            }
        }
        let all = ranges.iter().map(|(first, last)| format!("({}, {})", written(first), written(last)));
        assert!(IGNORED == ranges, "the ranges are {}", all.collect::<Vec<_>>().join(", "));
        for character in characters() {
            let expected = listed(character) || spaces.contains(character);
            assert_eq!(is_ignored(character), expected, "{character:?}");
        }
    }
}
