//! Digits and decimal numbers of a language.

use std::fmt::Write as _;

use icu_decimal::{
    DecimalFormatter,
    input::Decimal,
    options::{DecimalFormatterOptions, GroupingStrategy},
};
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

/// Returns `units` of the last of `digits` decimal digits as a number of a language.
pub(super) fn decimal(locale: &Locale, units: u64, digits: u8, grouped: bool) -> Option<String> {
    let grouping = if grouped { GroupingStrategy::Auto } else { GroupingStrategy::Never };
    let formatter = DecimalFormatter::try_new(locale.into(), grouping.into()).ok()?;
    let (mut number, digits) = (Decimal::from(units), i16::from(digits));
    number.multiply_pow10(-digits);
    number.pad_end(-digits);
    Some(formatter.format(&number).to_string())
}
