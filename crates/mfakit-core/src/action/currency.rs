//! Currencies.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

use crate::action::currencies::CURRENCIES;

/// Currency with a code of ISO 4217, such as `EUR`.
///
/// ```
/// use mfakit_core::action::Currency;
///
/// assert_eq!(Currency::new("JPY")?.minor_digits(), 0);
/// assert_eq!(Currency::EUR.to_string(), "EUR");
/// assert!(Currency::new("eur").is_err() && Currency::new("XXX").is_err());
/// # Ok::<(), mfakit_core::error::InvalidCurrency>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    minor_digits: u8,
}

impl Currency {
    /// Swiss franc.
    pub const CHF: Self = Self { code: *b"CHF", minor_digits: 2 };
    /// Euro.
    pub const EUR: Self = Self { code: *b"EUR", minor_digits: 2 };
    /// Pound sterling.
    pub const GBP: Self = Self { code: *b"GBP", minor_digits: 2 };
    /// Japanese yen.
    pub const JPY: Self = Self { code: *b"JPY", minor_digits: 0 };
    /// US dollar.
    pub const USD: Self = Self { code: *b"USD", minor_digits: 2 };

    /// Creates a currency from its code: three capital letters.
    ///
    /// # Errors
    ///
    /// Returns an error if ISO 4217 has no such currency, or gives it no minor unit.
    pub fn new(code: &str) -> Result<Self, InvalidCurrency> {
        let found = CURRENCIES.binary_search_by(|(entry, _)| entry.as_slice().cmp(code.as_bytes()));
        let entry = found.ok().and_then(|at| CURRENCIES.get(at)).ok_or(InvalidCurrency)?;
        Ok(Self { code: entry.0, minor_digits: entry.1 })
    }

    /// Returns all currencies, in ascending order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.iter().map(|(code, minor_digits)| Self { code: *code, minor_digits: *minor_digits })
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &str {
        str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Returns the number of digits after the decimal separator: 2 for most currencies, and at most 4.
    #[must_use]
    pub const fn minor_digits(&self) -> u8 {
        self.minor_digits
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(code: &str) -> Result<Self, InvalidCurrency> {
        Self::new(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CodeVisitor)
    }
}

/// Reads a code without a copy of its text.
struct CodeVisitor;

impl Visitor<'_> for CodeVisitor {
    type Value = Currency;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code of ISO 4217, such as \"EUR\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Currency, E> {
        Currency::new(text).map_err(E::custom)
    }
}

/// Error for a code that is not a [`Currency`].
///
/// ```
/// use mfakit_core::{action::Currency, error::InvalidCurrency};
///
/// assert_eq!(Currency::new("euro"), Err(InvalidCurrency));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the currency must be a code of ISO 4217 in capital letters, such as \"EUR\"")]
pub struct InvalidCurrency;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_is_found_by_its_code() {
        for currency in Currency::all() {
            assert_eq!(Currency::new(currency.code()), Ok(currency));
        }
        let constants = [Currency::CHF, Currency::EUR, Currency::GBP, Currency::JPY, Currency::USD];
        assert!(constants.iter().all(|constant| Currency::new(constant.code()) == Ok(*constant)));
        for unknown in ["", "EU", "EURO", "eur", "XXX", "XAU", "ZZZ", "\u{20ac}", "E\u{dc}R"] {
            assert_eq!(Currency::new(unknown), Err(InvalidCurrency), "{unknown}");
        }
        assert!(serde_json::from_str::<Currency>("\"eur\"").is_err());
    }
}
