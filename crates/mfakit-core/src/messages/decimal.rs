//! Decimal numbers.

use crate::messages::{Messages, locale::Tag};

impl Messages {
    /// Returns `units` of the last of `digits` decimal digits as a number of the language. 12345 of two digits are
    /// "123.45".
    pub(crate) fn decimal(&self, units: u64, digits: u8, grouped: bool) -> String {
        let written = self.tag.as_ref().ok().and_then(|tag| Tag::decimal(tag, units, digits, grouped));
        written.unwrap_or_else(|| plain(units, digits))
    }
}

/// Returns the number with a point and without groups.
pub(crate) fn plain(units: u64, digits: u8) -> String {
    let unit = 10_u64.checked_pow(u32::from(digits)).unwrap_or(u64::MAX);
    match usize::from(digits) {
        0 => units.to_string(),
        width => format!("{}.{:0width$}", units / unit, units % unit),
    }
}
