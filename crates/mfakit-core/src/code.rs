//! Code that a user enters.

use std::{fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};

use crate::digit::{decimal_digit, is_ignored};

/// Minimum number of digits of the codes that are sent.
pub(crate) const FEWEST_DIGITS: u8 = 6;

/// Code that a user entered, reduced to its digits.
///
/// A code is read as people write it, on any keyboard and from any clipboard [A11Y-2]:
///
/// 1. Every decimal digit of Unicode (general category `Nd`) is that digit, and scripts may be mixed.
/// 2. Spaces, line breaks, dashes and characters without width are ignored: `White_Space`, `Dash`, `Cf` and
///    `Default_Ignorable_Code_Point`.
/// 3. Anything else, such as a letter, a symbol or a control character, makes the code malformed.
///
/// `Debug` never shows the digits [CODE-7], and there is neither `Display` nor `Serialize`.
///
/// ```
/// use mfakit_core::Code;
///
/// assert_eq!(Code::parse(" 123-456 ")?.expose_digits(), "123456");
/// assert_eq!(Code::parse("１２３ ４５６")?.expose_digits(), "123456");
/// assert_eq!("\u{200f}١٢٣٤٥٦\u{200f}".parse::<Code>()?.expose_digits(), "123456");
/// assert!(Code::parse("12345a").is_err());
/// # Ok::<(), mfakit_core::error::MalformedCode>(())
/// ```
#[derive(Clone)]
pub struct Code(SecretString);

impl Code {
    /// Reads the text that a user entered: 4 to 8 digits, which is the range that Bandwidth can send.
    ///
    /// # Errors
    ///
    /// Returns [`MalformedCode`] if a character is neither a digit nor ignored, or if there are fewer than 4 or more
    /// than 8 digits.
    pub fn parse(entered: &str) -> Result<Self, MalformedCode> {
        let mut digits = String::with_capacity(8);
        for character in entered.chars() {
            if let Some(digit) = decimal_digit(character) {
                digits.push(digit);
            } else if !is_ignored(character) {
                return Err(MalformedCode);
            }
            if digits.len() > 8 {
                return Err(MalformedCode);
            }
        }
        if digits.len() < 4 { Err(MalformedCode) } else { Ok(Self(SecretString::from(digits))) }
    }

    /// Returns the number of digits.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.expose_digits().len()
    }

    /// Returns the digits in ASCII, the form that the provider needs.
    #[must_use]
    pub fn expose_digits(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for Code {
    type Err = MalformedCode;

    fn from_str(entered: &str) -> Result<Self, MalformedCode> {
        Self::parse(entered)
    }
}

impl TryFrom<&str> for Code {
    type Error = MalformedCode;

    fn try_from(entered: &str) -> Result<Self, MalformedCode> {
        Self::parse(entered)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Error for text that cannot be a code. It does not count as an attempt, and the provider is not called
/// [CODE-9].
///
/// ```
/// use mfakit_core::{Code, error::MalformedCode};
///
/// let error: MalformedCode = Code::parse("abc").unwrap_err();
/// assert_eq!(error.to_string(), "a code consists of 4 to 8 digits, and nothing else");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code consists of 4 to 8 digits, and nothing else")]
#[non_exhaustive]
pub struct MalformedCode;

#[cfg(test)]
mod tests {
    use icu_properties::{CodePointMapData, props::GeneralCategory};

    use super::*;

    #[test]
    fn spaces_dashes_and_characters_without_width_are_ignored() {
        for entered in [
            "123456",
            " 123 456",
            "123-456\n",
            "1 2 3 4 5 6",
            "\u{a0}123\u{2009}456",
            "\t123\u{202f}456\r\n",
            "\u{3000}123\u{3000}456\u{2028}",
            "123–456",
            "123\u{2212}456",
            "123\u{ff0d}456",
            "123\u{301c}456",
            "\u{200e}123456\u{200f}",
            "\u{2068}123\u{2069}456",
            "\u{202a}123\u{202c}456",
            "\u{feff}123\u{200b}\u{200d}456",
            "123\u{ad}456\u{61c}",
            "1\u{fe0f}2\u{34f}3\u{2060}456",
            "123\u{e0020}456",
        ] {
            assert_eq!(Code::parse(entered).unwrap().expose_digits(), "123456", "{entered:?}");
        }
    }

    #[test]
    fn every_white_space_dash_and_format_character_is_ignored() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let mut seen = 0;
        for ignored in (0..=0x0010_ffff).filter_map(char::from_u32).filter(|character| {
            let category = categories.get(*character);
            let groups = [
                GeneralCategory::Format,
                GeneralCategory::SpaceSeparator,
                GeneralCategory::LineSeparator,
                GeneralCategory::ParagraphSeparator,
                GeneralCategory::DashPunctuation,
            ];
            groups.contains(&category)
        }) {
            seen += 1;
            let entered = format!("{ignored}12{ignored}3456{ignored}");
            assert_eq!(Code::parse(&entered).unwrap().expose_digits(), "123456", "{entered:?}");
        }
        assert!(seen > 200, "{seen}");
    }

    #[test]
    fn digits_of_every_script_are_read_and_may_be_mixed() {
        for entered in ["１２３４５６", "١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "๑๒๓๔๕๖", "᠑᠒᠓᠔᠕᠖", "𝟏𝟚𝟥𝟰𝟻𝟔", "1٢۳४๕６"]
        {
            assert_eq!(Code::parse(entered).unwrap().expose_digits(), "123456", "{entered}");
        }
    }

    #[test]
    fn every_decimal_digit_of_unicode_has_its_own_value() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let ranges: Vec<_> = categories.iter_ranges_for_value(GeneralCategory::DecimalNumber).collect();
        let digits: Vec<_> = ranges.iter().cloned().flatten().filter_map(char::from_u32).collect();
        assert!(digits.len() >= 680 && digits.len().is_multiple_of(10), "{}", digits.len());
        for run in digits.chunks(10) {
            assert_eq!(u32::from(run[9]) - u32::from(run[0]), 9, "a run of ten: {run:?}");
            let entered: String = run[2..].iter().collect();
            assert_eq!(Code::parse(&entered).unwrap().expose_digits(), "23456789", "{entered}");
            let entered: String = run[..4].iter().collect();
            assert_eq!(Code::parse(&entered).unwrap().expose_digits(), "0123", "{entered}");
        }
        // The zeros, with their names from the code charts.
        for zero in
            ['\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{e50}', '\u{ff10}', '\u{1d7d8}', '\u{1fbf0}']
        {
            assert_eq!(decimal_digit(zero), Some('0'), "{zero:?}");
        }
    }

    #[test]
    fn letters_symbols_and_other_numbers_are_malformed() {
        for entered in [
            "",
            " ",
            "-",
            "\u{200b}",
            "123",
            "000000000",
            "12345a",
            "12345٬6",
            "+123456",
            "1234.56",
            "12345\0",
            "12345\u{7f}6",
            "一二三四五六",
            "Ⅰ23456",
            "①②③④⑤⑥",
            "¹²³⁴⁵⁶",
            "½23456",
            "1\u{20e3}23456",
            "null",
        ] {
            assert!(Code::parse(entered).is_err(), "{entered:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Code::parse("123456").unwrap()), "Code(…)");
    }
}
