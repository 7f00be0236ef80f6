//! Recovery codes, which people keep on paper.
//!
//! A code has 80 random bits, so guessing one is hopeless even without a limit (NIST SP 800-63B-4, 3.1.2.2, requires 20
//! bits with one). It is written in the base32 of Douglas Crockford, in which no two characters look alike.

use std::fmt;

use crate::{random::random, redacted::Redacted};

/// Digits of the base, without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Number of characters, without the dashes.
const LENGTH: usize = 16;

/// Number of characters between two dashes.
const GROUP: usize = 4;

/// Number of bits of one character.
const BITS: usize = 5;

/// Recovery code of a person. It opens the replacement of a lost number, once.
///
/// ```
/// use mfakit_core::RecoveryCode;
///
/// let code = RecoveryCode::parse("7k3m 9qxt 0vwz 4hbn")?;
/// assert_eq!(code.expose(), "7K3M-9QXT-0VWZ-4HBN");
/// assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
/// assert!(RecoveryCode::parse("7K3M-9QXT").is_err());
/// # Ok::<(), mfakit_core::error::MalformedRecoveryCode>(())
/// ```
#[derive(Clone)]
pub struct RecoveryCode([u8; LENGTH * BITS / 8]);

impl RecoveryCode {
    pub(crate) fn random() -> Self {
        Self(random())
    }

    /// Reads a code as a person types it. Case, spaces and dashes are ignored, and characters that look like a digit (O, I
    /// and L) are read as that digit.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not 16 of these characters.
    pub fn parse(text: &str) -> Result<Self, MalformedRecoveryCode> {
        let (mut bits, mut length) = (0_u128, 0);
        for c in text.chars().filter(|c| !is_separator(*c)) {
            let digit = digit(c).ok_or(MalformedRecoveryCode(()))?;
            length += 1;
            if length > LENGTH {
                return Err(MalformedRecoveryCode(()));
            }
            bits = bits << BITS | u128::from(digit);
        }
        let bytes = bits.to_be_bytes();
        match bytes.last_chunk() {
            Some(bytes) if length == LENGTH => Ok(Self(*bytes)),
            _ => Err(MalformedRecoveryCode(())),
        }
    }

    /// Returns the code for the page that shows it to its owner, in groups of four characters. Do not store or log it.
    #[must_use]
    pub fn expose(&self) -> String {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut text = String::with_capacity(LENGTH + LENGTH / GROUP - 1);
        for at in 0..LENGTH {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            let digit = bits >> ((LENGTH - 1 - at) * BITS) & 31;
            text.extend(
                usize::try_from(digit).ok().and_then(|digit| ALPHABET.get(digit)).map(|b| *b as char),
            );
        }
        text
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("RecoveryCode").fmt(f)
    }
}

/// The text is not a recovery code. The error does not repeat it, because it may be one with a typo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recovery code has 16 letters and digits, without U")]
pub struct MalformedRecoveryCode(());

/// Returns whether people or programs put this character between the groups.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '\u{ad}' | '−' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns the value of a character, written in ASCII or in the full width of East Asian keyboards.
fn digit(c: char) -> Option<u8> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        c => c,
    };
    let plain = match narrow.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let at = ALPHABET.iter().position(|known| char::from(*known) == plain)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = RecoveryCode::parse("0123-4567-89AB-CDEF").unwrap();
        assert_eq!(code.expose(), "0123-4567-89AB-CDEF");
        for (name, text) in [
            ("lower case", "0123-4567-89ab-cdef"),
            ("without dashes", "0123456789ABCDEF"),
            ("with spaces", " 0123 4567\t89AB\u{a0}CDEF\n"),
            ("with other dashes", "0123–4567—89AB‑CDEF"),
            ("with the soft hyphens and marks of a page", "\u{2066}0123\u{ad}4567\u{200b}89AB-CDEF\u{2069}"),
            ("in full width", "０１２３-４５６７-８９ａｂ-ｃｄｅｆ"),
            ("with look-alikes", "Ol23-4567-89AB-CDEF"),
            ("with other look-alikes", "oI23-4567-89AB-CDEF"),
        ] {
            assert_eq!(RecoveryCode::parse(text).unwrap().as_bytes(), code.as_bytes(), "{name}");
        }
        for (name, text) in [
            ("nothing", ""),
            ("too short", "0123-4567-89AB-CDE"),
            ("too long", "0123-4567-89AB-CDEF0"),
            ("a letter that no code has", "U123-4567-89AB-CDEF"),
            ("another character", "0123-4567-89AB-CDE!"),
            ("a digit of another script", "٠123-4567-89AB-CDEF"),
            ("much too long", &"0".repeat(100_000)),
        ] {
            assert!(RecoveryCode::parse(text).is_err(), "{name}");
        }
    }

    #[test]
    fn random_codes_differ_and_are_read_back() {
        let codes: HashSet<_> = (0..1000).map(|_| RecoveryCode::random().expose()).collect();
        assert_eq!(codes.len(), 1000);
        for text in &codes {
            assert_eq!(&RecoveryCode::parse(text).unwrap().expose(), text);
        }
        // Every bit occurs, so that none of the 80 is constant.
        let all = |start: u8, step: fn(u8, u8) -> u8| {
            codes.iter().fold([start; 10], |mut bits, text| {
                let code = RecoveryCode::parse(text).unwrap();
                bits.iter_mut().zip(code.as_bytes()).for_each(|(bits, byte)| *bits = step(*bits, *byte));
                bits
            })
        };
        assert_eq!(all(0, |bits, byte| bits | byte), [255; 10]);
        assert_eq!(all(255, |bits, byte| bits & byte), [0; 10]);
    }
}
