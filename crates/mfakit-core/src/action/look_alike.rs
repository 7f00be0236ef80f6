//! Digits that people take for those of a code.

use crate::digit::decimal_digit;

/// Ascending ranges of characters that show digits and are no decimal digits, with the number of their digits:
/// superscripts, fractions, and numbers in circles, in parentheses, with full stops, or with a unit.
const DIGITS: &[(char, char, usize)] = &[
    ('\u{b2}', '\u{b3}', 1),
    ('\u{b9}', '\u{b9}', 1),
    ('\u{bc}', '\u{be}', 2),
    ('\u{2070}', '\u{2070}', 1),
    ('\u{2074}', '\u{2079}', 1),
    ('\u{2080}', '\u{2089}', 1),
    ('\u{2150}', '\u{2151}', 2),
    ('\u{2152}', '\u{2152}', 3),
    ('\u{2153}', '\u{215e}', 2),
    ('\u{215f}', '\u{215f}', 1),
    ('\u{2189}', '\u{2189}', 2),
    ('\u{2460}', '\u{2468}', 1),
    ('\u{2469}', '\u{2473}', 2),
    ('\u{2474}', '\u{247c}', 1),
    ('\u{247d}', '\u{2487}', 2),
    ('\u{2488}', '\u{2490}', 1),
    ('\u{2491}', '\u{249b}', 2),
    ('\u{24ea}', '\u{24ea}', 1),
    ('\u{24eb}', '\u{24f4}', 2),
    ('\u{24f5}', '\u{24fd}', 1),
    ('\u{24fe}', '\u{24fe}', 2),
    ('\u{24ff}', '\u{24ff}', 1),
    ('\u{2776}', '\u{277e}', 1),
    ('\u{277f}', '\u{277f}', 2),
    ('\u{2780}', '\u{2788}', 1),
    ('\u{2789}', '\u{2789}', 2),
    ('\u{278a}', '\u{2792}', 1),
    ('\u{2793}', '\u{2793}', 2),
    ('\u{3248}', '\u{324f}', 2),
    ('\u{3251}', '\u{325f}', 2),
    ('\u{32b1}', '\u{32bf}', 2),
    ('\u{32c0}', '\u{32c8}', 1),
    ('\u{32c9}', '\u{32cb}', 2),
    ('\u{3358}', '\u{3361}', 1),
    ('\u{3362}', '\u{3370}', 2),
    ('\u{3378}', '\u{3379}', 1),
    ('\u{339f}', '\u{33a6}', 1),
    ('\u{33a8}', '\u{33a8}', 1),
    ('\u{33af}', '\u{33af}', 1),
    ('\u{33e0}', '\u{33e8}', 1),
    ('\u{33e9}', '\u{33fe}', 2),
    ('\u{1f100}', '\u{1f10c}', 1),
];

/// Returns the number of digits that a character shows, in any script.
pub(super) fn digits_shown(character: char) -> usize {
    if decimal_digit(character).is_some() {
        return 1;
    }
    let after = DIGITS.partition_point(|(first, ..)| *first <= character);
    let range = after.checked_sub(1).and_then(|before| DIGITS.get(before));
    range.filter(|(_, last, _)| character <= *last).map_or(0, |(.., digits)| *digits)
}

/// Returns whether a character looks like one digit or several.
pub(super) fn looks_like_digit(character: char) -> bool {
    digits_shown(character) > 0
}
