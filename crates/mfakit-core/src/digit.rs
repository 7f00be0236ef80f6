//! Digits in any script, as people write them.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{Dash, DefaultIgnorableCodePoint, GeneralCategory},
};

/// Returns the ASCII digit for a decimal digit of any script.
///
/// Unicode encodes decimal digits only in ascending runs of ten that begin with zero (The Unicode Standard,
/// section 4.6), so the value of a digit is its distance from the start of the digits around it.
pub(crate) fn decimal_digit(character: char) -> Option<char> {
    if character.is_ascii() {
        return character.is_ascii_digit().then_some(character);
    }
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code_point| categories.get32(code_point) == GeneralCategory::DecimalNumber;
    let code_point = u32::from(character);
    if !is_digit(code_point) {
        return None;
    }
    let before = (0..code_point).rev().take_while(|before| is_digit(*before)).count();
    char::from_digit(u32::try_from(before % 10).ok()?, 10)
}

/// Returns whether a character is ignored around and between digits.
pub(crate) fn is_ignored(character: char) -> bool {
    character.is_whitespace()
        || CodePointSetData::new::<Dash>().contains(character)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || CodePointMapData::<GeneralCategory>::new().get(character) == GeneralCategory::Format
}
