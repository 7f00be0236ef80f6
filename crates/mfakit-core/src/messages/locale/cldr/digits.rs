//! Digits of a language.

use std::fmt::Write as _;

use icu_decimal::{DecimalFormatter, options::DecimalFormatterOptions};
use icu_locale::Locale;

use crate::messages::plain_digits::PLAIN_DIGITS;

/// Returns the digits of a language, from zero to nine.
pub(super) fn digits(locale: &Locale) -> [char; 10] {
    let formatter = DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default());
    let Ok(formatter) = formatter else { return PLAIN_DIGITS };
    PLAIN_DIGITS.map(|digit| {
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
