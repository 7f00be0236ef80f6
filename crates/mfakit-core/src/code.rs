//! The code as a person typed it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The code as a person typed it, with everything but its digits taken away.
///
/// Spaces and hyphens may stand around and between the digits, and the digits may be full-width, as
/// Japanese keyboards write them [A11Y-2]. Anything else is no code. `Debug` shows nothing [CODE-7].
///
/// ```
/// use mfakit_core::Code;
///
/// assert_eq!(Code::parse(" 123-456 ")?.expose_digits(), "123456");
/// assert_eq!(Code::parse("１２３ ４５６")?.expose_digits(), "123456");
/// assert!(Code::parse("12345a").is_err());
/// # Ok::<(), mfakit_core::MalformedCode>(())
/// ```
#[derive(Clone)]
pub struct Code(SecretString);

impl Code {
    /// Reads what was typed: 4 to 8 digits, which is what Bandwidth can send.
    ///
    /// # Errors
    ///
    /// When a character is neither a digit, a space nor a hyphen, or the number of digits is another.
    pub fn parse(typed: &str) -> Result<Self, MalformedCode> {
        let mut digits = String::with_capacity(8);
        for character in typed.chars() {
            match character {
                '0'..='9' => digits.push(character),
                '０'..='９' => digits.extend(char::from_digit(u32::from(character) - u32::from('０'), 10)),
                '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => {}
                _ if character.is_whitespace() => {}
                _ => return Err(MalformedCode),
            }
            if digits.len() > 8 {
                return Err(MalformedCode);
            }
        }
        if digits.len() < 4 { Err(MalformedCode) } else { Ok(Self(SecretString::from(digits))) }
    }

    /// How many digits it has.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.expose_digits().len()
    }

    /// The digits, as the provider needs them.
    #[must_use]
    pub fn expose_digits(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// What was typed is no code. It counts as no attempt, and the provider never hears of it [CODE-9].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the code is made of digits only")]
pub struct MalformedCode;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_may_type_spaces_hyphens_and_full_width_digits() {
        for typed in [
            "123456",
            " 123 456",
            "123-456\n",
            "1 2 3 4 5 6",
            "\u{a0}123\u{2009}456",
            "123–456",
            "１２３４５６",
        ] {
            assert_eq!(Code::parse(typed).unwrap().expose_digits(), "123456", "{typed:?}");
        }
    }

    #[test]
    fn what_is_not_digits_is_no_code() {
        for typed in
            ["", " ", "-", "123", "000000000", "12345a", "٣٣٣٣٣٣", "१२३४५६", "+123456", "1234.56", "null"]
        {
            assert!(Code::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Code::parse("123456").unwrap()), "Code(…)");
    }
}
