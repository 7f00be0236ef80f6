//! Digits of a language.

use std::fmt::Write as _;

use icu_decimal::{DecimalFormatter, options::DecimalFormatterOptions};

use crate::messages::tag::Tag;

/// Returns the digits of a language, from zero to nine.
pub(super) fn digits(tag: Option<&Tag>) -> [char; 10] {
    let plain = std::array::from_fn(|digit| char::from_digit(digit as u32, 10).unwrap_or('0'));
    let Some(tag) = tag else { return plain };
    let formatter = DecimalFormatter::try_new((&tag.locale).into(), DecimalFormatterOptions::default());
    let Ok(formatter) = formatter else { return plain };
    plain.map(|digit| {
        let mut written = String::new();
        let number = u64::from(digit.to_digit(10).unwrap_or_default());
        // Writing to a string does not fail.
        let _: std::fmt::Result = write!(written, "{}", formatter.format(&number.into()));
        let mut characters = written.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) => one,
            _ => digit,
        }
    })
}
