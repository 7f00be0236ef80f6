//! A country or territory that telephone numbers belong to.

use std::{fmt, str::FromStr};

use phonenumber::country;

/// A country or territory, by its ISO 3166 code: `US`, `CA`, `JM`. Finer than a calling code: the United
/// States, Canada and Jamaica share `+1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region([u8; 2]);

impl Region {
    /// Two capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn of(id: country::Id) -> Option<Self> {
        id.as_ref().as_bytes().try_into().ok().map(Self)
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        let known = code.parse().ok().and_then(Self::of).filter(|region| region.as_str() == code);
        known.ok_or_else(|| UnknownRegion { code: code.to_owned() })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no such region with telephone numbers of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{code:?} is no country with telephone numbers; write its two-letter ISO 3166 code, such as \"US\" or \"GB\""
)]
pub struct UnknownRegion {
    /// What was written.
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_codes_in_capitals_are_regions() {
        for good in ["US", "CA", "GB", "DE", "JM"] {
            assert_eq!(good.parse::<Region>().unwrap().as_str(), good);
        }
        for bad in ["", "us", "UK", "USA", "+1", "1", "XX", "*", "ZZ"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }
}
