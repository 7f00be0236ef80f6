//! The name of what is being protected.
//!
//! 1. The grammar is `[a-z0-9][a-z0-9._-]{0,31}`; nothing else can be held.
//! 2. Two scopes are equal when their bytes are: no prefix, no case, no wildcard [GRANT-5].

use std::fmt;

/// The name of what is being protected, such as `transfer` or `settings.phone`.
///
/// One to 32 characters of `a`–`z`, `0`–`9`, `.`, `_` and `-`, beginning with a letter or a digit.
/// A small value, copied freely.
///
/// ```
/// use mfakit_core::Scope;
///
/// assert_eq!(Scope::new("transfer")?.as_str(), "transfer");
/// assert!(Scope::new("Transfer").is_err());
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The name, padded with zero bytes, which the grammar does not contain.
    bytes: [u8; Scope::MAX_LEN],
    len: u8,
}

impl Scope {
    /// The longest name there is, in characters.
    pub const MAX_LEN: usize = 32;

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// When the name is empty, too long or holds a character outside the grammar.
    #[allow(clippy::indexing_slicing, reason = "a const fn has no iterators; the length is checked first")]
    pub const fn new(name: &str) -> Result<Self, InvalidScope> {
        let name = name.as_bytes();
        if name.is_empty() {
            return Err(InvalidScope::Empty);
        }
        if name.len() > Self::MAX_LEN {
            return Err(InvalidScope::TooLong);
        }
        let mut bytes = [0; Self::MAX_LEN];
        let mut at = 0;
        while at < name.len() {
            match name[at] {
                b'a'..=b'z' | b'0'..=b'9' => {}
                b'.' | b'_' | b'-' if at > 0 => {}
                _ => return Err(InvalidScope::Character { at }),
            }
            bytes[at] = name[at];
            at += 1;
        }
        #[allow(clippy::cast_possible_truncation, reason = "at most 32")]
        Ok(Self { bytes, len: at as u8 })
    }

    /// The scope that [`pack`](Self::pack) made two numbers of.
    ///
    /// A constant generic parameter can be a number but not a string, so the attribute carries its scope
    /// this way, and this function runs while the user's crate is compiled.
    ///
    /// # Panics
    ///
    /// When the numbers are no scope, which then is a compile error at the attribute.
    #[doc(hidden)]
    #[must_use]
    #[allow(
        clippy::panic,
        clippy::indexing_slicing,
        reason = "runs in constants only: a panic is a build error"
    )]
    pub const fn unpack(hi: u128, lo: u128) -> Self {
        let (hi, lo) = (hi.to_be_bytes(), lo.to_be_bytes());
        let mut bytes = [0; Self::MAX_LEN];
        let mut len = 0;
        while len < Self::MAX_LEN {
            let byte = if len < 16 { hi[len] } else { lo[len - 16] };
            if byte == 0 {
                break;
            }
            bytes[len] = byte;
            len += 1;
        }
        let Ok(name) = std::str::from_utf8(bytes.split_at(len).0) else {
            panic!("these numbers hold no scope");
        };
        match Self::new(name) {
            Ok(scope) => scope,
            Err(_) => panic!("these numbers hold no scope"),
        }
    }

    /// The name as two numbers, most significant byte first; see [`unpack`](Self::unpack).
    #[doc(hidden)]
    #[must_use]
    pub fn pack(&self) -> (u128, u128) {
        let packed = |half: &[u8]| half.iter().fold(0, |sum, byte| (sum << 8) | u128::from(*byte));
        let (hi, lo) = self.bytes.split_at(16);
        (packed(hi), packed(lo))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The name's bytes, all of them ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({self})")
    }
}

impl std::str::FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(name: &str) -> Result<Self, InvalidScope> {
        Self::new(name)
    }
}

/// Why a name is no [`Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScope {
    /// Nothing was written.
    #[error("a scope needs a name, such as \"transfer\"")]
    Empty,
    /// More than 32 characters.
    #[error("a scope has at most 32 characters")]
    TooLong,
    /// A character outside the grammar.
    #[error(
        "character {} of the scope is not allowed: write a-z, 0-9 and, after the first, '.', '_' or '-'",
        at + 1
    )]
    Character {
        /// Where it stands, in bytes from the start.
        at: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_held() {
        for good in ["a", "0", "transfer", "settings.phone", "a-b_c.d", "x23456789012345678901234567890ab"] {
            assert_eq!(Scope::new(good).unwrap().as_str(), good);
        }
        for bad in ["", ".a", "-a", "_a", "Transfer", "a b", "a/b", "a*", "ü", "a\0", "a:b", "a\n"] {
            assert!(Scope::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Scope::new(&"a".repeat(33)), Err(InvalidScope::TooLong));
    }

    #[test]
    fn only_the_same_name_is_the_same_scope() {
        let pay = Scope::new("pay").unwrap();
        for other in ["pay.admin", "pa", "payy", "pay-", "p"] {
            assert_ne!(Scope::new(other).unwrap(), pay);
        }
    }

    #[test]
    fn packing_and_unpacking_gives_the_name_back() {
        for name in ["a", "transfer", "exactly-16-chars", "more.than-sixteen_characters-0ab"] {
            let scope = Scope::new(name).unwrap();
            let (hi, lo) = scope.pack();
            assert_eq!(Scope::unpack(hi, lo), scope);
        }
    }
}
