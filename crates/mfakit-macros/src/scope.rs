//! Grammar of a scope, `[a-z0-9][a-z0-9._-]{0,31}`, and its encoding in const parameters.
//!
//! `mfakit-core` has the same grammar for run time, which a macro crate cannot use. This file imports nothing, so that
//! a test can include it and compare the two.

/// Maximum length of a scope, in bytes and characters. A scope of this length fills two `u128`.
pub(crate) const MAX_LEN: usize = 32;

/// Reason why a text is not a valid scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    Empty,
    /// A character that a scope cannot contain.
    Character(char),
    /// A character that a scope can contain, but cannot begin with.
    First(char),
    /// The number of characters, which is above [`MAX_LEN`].
    TooLong(usize),
}

/// Checks a scope. A wrong character is reported before a wrong length.
pub(crate) fn check(text: &str) -> Result<(), Invalid> {
    if let Some(wrong) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-')) {
        return Err(Invalid::Character(wrong));
    }
    match text.chars().next() {
        None => Err(Invalid::Empty),
        Some(first) if !first.is_ascii_alphanumeric() => Err(Invalid::First(first)),
        Some(_) if text.len() > MAX_LEN => Err(Invalid::TooLong(text.len())),
        Some(_) => Ok(()),
    }
}

/// Encodes a valid scope as two big-endian numbers, padded with zeros at the end.
pub(crate) fn pack(scope: &str) -> (u128, u128) {
    let mut bytes = scope.bytes().chain(std::iter::repeat(0));
    let mut half = || bytes.by_ref().take(16).fold(0, |number, byte| number << 8 | u128::from(byte));
    (half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_follows_the_grammar() {
        for good in ["transfer", "a", "0", "9.a_b-c", "a.", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = "a".repeat(33);
        for (bad, fault) in [
            ("", Invalid::Empty),
            ("Transfer", Invalid::Character('T')),
            ("wire transfer", Invalid::Character(' ')),
            ("überweisung", Invalid::Character('ü')),
            ("a\0", Invalid::Character('\0')),
            ("-a", Invalid::First('-')),
            (".", Invalid::First('.')),
            ("_a", Invalid::First('_')),
            (long.as_str(), Invalid::TooLong(33)),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
    }

    #[test]
    fn the_first_byte_of_a_scope_is_packed_into_the_highest_byte() {
        assert_eq!(pack("transfer"), (0x7472_616e_7366_6572_0000_0000_0000_0000, 0));
        assert_eq!(pack("0123456789abcdef"), (u128::from_be_bytes(*b"0123456789abcdef"), 0));
        assert_eq!(
            pack("abcdefghijklmnopqrstuvwxyz012345"),
            (u128::from_be_bytes(*b"abcdefghijklmnop"), u128::from_be_bytes(*b"qrstuvwxyz012345")),
        );
        assert_eq!(pack("0123456789abcdefg").1, u128::from(b'g') << 120);
    }
}
