//! Digits that people take for those of a code.

use crate::{action::invisible::is_in, digit::decimal_digit};

/// Ascending ranges of characters that show a single digit, and are no decimal digits: superscripts, subscripts, and
/// digits in circles, in parentheses, and with full stops or commas.
const DIGITS: &[(char, char)] = &[
    ('\u{b2}', '\u{b3}'),
    ('\u{b9}', '\u{b9}'),
    ('\u{2070}', '\u{2079}'),
    ('\u{2080}', '\u{2089}'),
    ('\u{2460}', '\u{2468}'),
    ('\u{2474}', '\u{247c}'),
    ('\u{2488}', '\u{2490}'),
    ('\u{24ea}', '\u{24ea}'),
    ('\u{24f5}', '\u{24fd}'),
    ('\u{24ff}', '\u{24ff}'),
    ('\u{2776}', '\u{277e}'),
    ('\u{2780}', '\u{2788}'),
    ('\u{278a}', '\u{2792}'),
    ('\u{1f100}', '\u{1f10c}'),
];

/// Returns whether a character looks like a digit, in any script.
pub(super) fn looks_like_digit(character: char) -> bool {
    decimal_digit(character).is_some() || is_in(DIGITS, character)
}
