//! Name of a protected action.
//!
//! 1. The grammar is `[a-z0-9][a-z0-9._-]{0,31}`. A `Scope` always matches it.
//! 2. Two scopes are equal if their bytes are equal. There are no prefixes, no case folding and no wildcards
//!    [GRANT-5].

mod constant;
mod reserved;

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Name of a protected action, such as `transfer` or `settings.phone`.
///
/// A name consists of 1 to 32 characters of `a`–`z`, `0`–`9`, `.`, `_` and `-`, and begins with a letter or a
/// digit. Copying is cheap.
///
/// ```
/// use mfakit_core::Scope;
///
/// assert_eq!(Scope::new("transfer")?.as_str(), "transfer");
/// assert_eq!("transfer".parse::<Scope>()?, Scope::new("transfer")?);
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
    /// Maximum length of a name, in characters.
    pub const MAX_LEN: usize = 32;

    /// Creates a scope from its name.
    ///
    /// # Errors
    ///
    /// Returns an error if the name is empty, is too long or contains a character outside the grammar.
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

    /// Restores the scope from the two numbers that [`pack`](Self::pack) returned.
    ///
    /// A constant generic parameter can be a number but not a string, so the attribute carries its scope
    /// this way, and this function runs while the user's crate is compiled.
    ///
    /// # Panics
    ///
    /// Panics if the numbers are not a scope. This is a compile error at the attribute.
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
            panic!("these numbers are not a scope");
        };
        match Self::new(name) {
            Ok(scope) => scope,
            Err(_) => panic!("these numbers are not a scope"),
        }
    }

    /// Returns the name as two numbers, most significant byte first. See [`unpack`](Self::unpack).
    #[doc(hidden)]
    #[must_use]
    #[allow(clippy::indexing_slicing, reason = "a const fn has no iterators; the index is below 16")]
    pub const fn pack(&self) -> (u128, u128) {
        let (mut hi, mut lo) = ([0; 16], [0; 16]);
        let mut at = 0;
        while at < 16 {
            hi[at] = self.bytes[at];
            lo[at] = self.bytes[at + 16];
            at += 1;
        }
        (u128::from_be_bytes(hi), u128::from_be_bytes(lo))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Returns the bytes of the name, all of them ASCII.
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

impl AsRef<str> for Scope {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(name: &str) -> Result<Self, InvalidScope> {
        Self::new(name)
    }
}

impl TryFrom<&str> for Scope {
    type Error = InvalidScope;

    fn try_from(name: &str) -> Result<Self, InvalidScope> {
        Self::new(name)
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(name: String) -> Result<Self, InvalidScope> {
        Self::new(&name)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Error for a name that is not a valid [`Scope`].
///
/// ```
/// use mfakit_core::{Scope, error::InvalidScope};
///
/// assert_eq!(Scope::new(""), Err(InvalidScope::Empty));
/// assert_eq!(Scope::new("make transfer"), Err(InvalidScope::Character { at: 4 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidScope {
    /// The name is empty.
    #[error("a scope needs a name, such as \"transfer\"")]
    Empty,
    /// The name has more than 32 characters.
    #[error("a scope can have at most 32 characters")]
    TooLong,
    /// The name contains a character outside the grammar.
    #[error(
        "character {} of the scope is not allowed: write a-z, 0-9 and, after the first, '.', '_' or '-'",
        at + 1
    )]
    Character {
        /// Position of the character, in bytes from the start.
        at: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_grammar_are_scopes() {
        for good in ["a", "0", "transfer", "settings.phone", "a-b_c.d", "x23456789012345678901234567890ab"] {
            assert_eq!(Scope::new(good).unwrap().as_str(), good);
        }
        for bad in ["", ".a", "-a", "_a", "Transfer", "a b", "a/b", "a*", "ü", "a\0", "a:b", "a\n"] {
            assert!(Scope::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Scope::new(&"a".repeat(33)), Err(InvalidScope::TooLong));
        assert!(serde_json::from_str::<Scope>("\"Transfer\"").is_err());
        assert_eq!(serde_json::from_str::<Scope>("\"pay\"").unwrap().as_str(), "pay");
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
