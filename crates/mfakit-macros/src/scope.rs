//! The grammar of a scope, `[a-z0-9][a-z0-9._-]{0,31}`, and how a scope travels in const parameters.
//!
//! `mfakit-core` holds the same grammar for run time, which a macro crate cannot use.
//! This file imports nothing, so that a test can hold the two against each other.

/// The longest scope, in bytes and in characters alike: what fits into two `u128`.
pub(crate) const MAX_LEN: usize = 32;

/// Why a text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Empty,
    /// A character that no scope contains.
    Character(char),
    /// A character that a scope contains, but does not begin with.
    First(char),
    /// The number of characters, which is above [`MAX_LEN`].
    TooLong(usize),
}

/// Says what is wrong with the scope: the first wrong character before the length.
pub(crate) fn check(text: &str) -> Result<(), Fault> {
    if let Some(wrong) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-')) {
        return Err(Fault::Character(wrong));
    }
    match text.chars().next() {
        None => Err(Fault::Empty),
        Some(first) if !first.is_ascii_alphanumeric() => Err(Fault::First(first)),
        Some(_) if text.len() > MAX_LEN => Err(Fault::TooLong(text.len())),
        Some(_) => Ok(()),
    }
}

/// The bytes of a checked scope as two big-endian numbers, the end filled with zeros.
pub(crate) fn pack(scope: &str) -> (u128, u128) {
    let mut bytes = scope.bytes().chain(std::iter::repeat(0));
    let mut half = || bytes.by_ref().take(16).fold(0, |number, byte| number << 8 | u128::from(byte));
    (half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_what_the_grammar_says() {
        for good in ["transfer", "a", "0", "9.a_b-c", "a.", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = "a".repeat(33);
        for (bad, fault) in [
            ("", Fault::Empty),
            ("Transfer", Fault::Character('T')),
            ("wire transfer", Fault::Character(' ')),
            ("überweisung", Fault::Character('ü')),
            ("a\0", Fault::Character('\0')),
            ("-a", Fault::First('-')),
            (".", Fault::First('.')),
            ("_a", Fault::First('_')),
            (long.as_str(), Fault::TooLong(33)),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
    }

    #[test]
    fn a_scope_is_packed_from_the_first_byte_down() {
        assert_eq!(pack("transfer"), (0x7472_616e_7366_6572_0000_0000_0000_0000, 0));
        assert_eq!(pack("0123456789abcdef"), (u128::from_be_bytes(*b"0123456789abcdef"), 0));
        assert_eq!(
            pack("abcdefghijklmnopqrstuvwxyz012345"),
            (u128::from_be_bytes(*b"abcdefghijklmnop"), u128::from_be_bytes(*b"qrstuvwxyz012345")),
        );
        assert_eq!(pack("0123456789abcdefg").1, u128::from(b'g') << 120);
    }
}
