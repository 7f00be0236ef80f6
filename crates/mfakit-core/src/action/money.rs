//! Amounts of money.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
    ser::SerializeStruct,
};

use crate::{
    action::currency::{Currency, InvalidCurrency},
    messages::plain,
};

/// Names of the fields of a serialized amount.
const FIELDS: [&str; 2] = ["minor", "currency"];

/// Amount of money: whole minor units, such as cents, and a currency.
///
/// ```
/// use mfakit_core::action::{Currency, Money};
///
/// let amount = Money::new(10_000, Currency::EUR);
/// assert_eq!("100.00 EUR".parse(), Ok(amount));
/// assert_eq!("100 EUR".parse(), Ok(amount));
/// assert_eq!(amount.to_string(), "100.00 EUR");
/// assert_eq!(serde_json::to_string(&amount)?, r#"{"minor":10000,"currency":"EUR"}"#);
///
/// // Forms and programs can send either.
/// assert_eq!(serde_json::from_str::<Money>(r#""100.00 EUR""#)?, amount);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// It has no arithmetic and no sign. Convert it to the type with which your app calculates.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

impl Money {
    /// Creates an amount of whole minor units: 10,000 euro cents are 100.00 EUR.
    #[must_use]
    pub const fn new(minor: u64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Returns the amount in minor units.
    #[must_use]
    pub const fn minor(&self) -> u64 {
        self.minor
    }

    /// Returns the currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    /// Writes the amount with a point, all minor digits and the code: `1234.50 EUR`. [`Money::text`] writes it in a
    /// language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = plain(self.minor, self.currency.minor_digits());
        write!(f, "{number} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;

    /// Reads an amount such as `100.00 EUR`. Minor digits may be left out from the end, and the value is exact.
    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        let (number, code) = text.split_once(' ').ok_or(InvalidMoney::Form)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || number.ends_with('.') || !digits(whole) || !digits(fraction) {
            return Err(InvalidMoney::Form);
        }
        let currency = Currency::new(code)?;
        let minor_digits = u32::from(currency.minor_digits());
        let missing = usize::from(currency.minor_digits()).checked_sub(fraction.len());
        let missing = missing.ok_or(InvalidMoney::MinorDigits { currency })?;
        let padded = format!("{fraction}{:0<missing$}", "");
        let part = if minor_digits == 0 { 0 } else { padded.parse().map_err(|_| InvalidMoney::TooLarge)? };
        let whole: u64 = whole.parse().map_err(|_| InvalidMoney::TooLarge)?;
        let minor = whole.checked_mul(10_u64.pow(minor_digits)).and_then(|minor| minor.checked_add(part));
        Ok(Self { minor: minor.ok_or(InvalidMoney::TooLarge)?, currency })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [minor, currency] = FIELDS;
        let mut money = serializer.serialize_struct("Money", FIELDS.len())?;
        money.serialize_field(minor, &self.minor)?;
        money.serialize_field(currency, &self.currency)?;
        money.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    /// Reads `{"minor":10000,"currency":"EUR"}`, or the text `100.00 EUR`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MoneyVisitor)
    }
}

struct MoneyVisitor;

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as \"100.00 EUR\", or whole minor units with a currency")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Money, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let ([minor_name, currency_name], mut minor, mut currency) = (FIELDS, None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Minor if minor.is_none() => minor = Some(map.next_value()?),
                Field::Currency if currency.is_none() => currency = Some(map.next_value()?),
                Field::Minor => return Err(A::Error::duplicate_field(minor_name)),
                Field::Currency => return Err(A::Error::duplicate_field(currency_name)),
            }
        }
        Ok(Money {
            minor: minor.ok_or_else(|| A::Error::missing_field(minor_name))?,
            currency: currency.ok_or_else(|| A::Error::missing_field(currency_name))?,
        })
    }
}

/// Field of a serialized amount. Its name is read without a copy of its text.
enum Field {
    Minor,
    Currency,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(FieldVisitor)
    }
}

struct FieldVisitor;

impl Visitor<'_> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`minor` or `currency`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        match name {
            "minor" => Ok(Field::Minor),
            "currency" => Ok(Field::Currency),
            unknown => Err(E::unknown_field(unknown, &FIELDS)),
        }
    }
}

/// Error for a text that is not an amount of [`Money`].
///
/// ```
/// use mfakit_core::{action::Money, error::InvalidMoney};
///
/// assert_eq!("100,00 EUR".parse::<Money>(), Err(InvalidMoney::Form));
/// assert_eq!("1 EURO".parse::<Money>().unwrap_err().to_string(),
///     "the currency must be a code of ISO 4217 in capital letters, such as \"EUR\"");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMoney {
    /// The text is not a number with a currency.
    #[error(
        "an amount must be digits, with a point before the minor digits, and a currency: write \"100.00 EUR\""
    )]
    Form,
    /// The currency is not known.
    #[error(transparent)]
    Currency(#[from] InvalidCurrency),
    /// The number has more digits after the point than the currency.
    #[error("{currency} has {} digits after the point", currency.minor_digits())]
    MinorDigits {
        /// Currency of the amount.
        currency: Currency,
    },
    /// The amount has 2^64 or more minor units.
    #[error("the amount is too large")]
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly() {
        for (text, minor) in [
            ("100.00 EUR", 10_000),
            ("100.0 EUR", 10_000),
            ("100 EUR", 10_000),
            ("0.01 EUR", 1),
            ("0.10 EUR", 10),
            ("007.00 EUR", 700),
            ("0 EUR", 0),
            ("5 JPY", 5),
            ("1.5 KWD", 1500),
            ("0.0001 CLF", 1),
            ("184467440737095516.15 EUR", u64::MAX),
            ("18446744073709551615 JPY", u64::MAX),
        ] {
            let money: Money = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(money.minor(), minor, "{text}");
            assert_eq!(money.to_string().parse(), Ok(money), "{text}");
        }
    }

    #[test]
    fn whatever_is_no_exact_amount_is_rejected() {
        for text in [
            "",
            " ",
            "EUR",
            "100",
            "100EUR",
            "100.00EUR",
            "100.00  EUR",
            " 100.00 EUR",
            "100.00 EUR ",
            "100,00 EUR",
            "1,000.00 EUR",
            "1_000 EUR",
            "-1 EUR",
            "+1 EUR",
            "1e2 EUR",
            "1. EUR",
            ".5 EUR",
            "1.2.3 EUR",
            "0x10 EUR",
            "\u{661} EUR",
            "\u{ff11} EUR",
            "1.001 EUR",
            "1.0 JPY",
            "NaN EUR",
            "inf EUR",
            "184467440737095516.16 EUR",
            "99999999999999999999 JPY",
            "1 eur",
            "1 XAU",
            "1\tEUR",
            "1.000000000000000000000000000000000000001 EUR",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn json_is_an_object_or_a_text_and_nothing_else() {
        let read = serde_json::from_str::<Money>;
        let amount = Money::new(10_000, Currency::EUR);
        for json in
            [r#"{"minor":10000,"currency":"EUR"}"#, r#"{"currency":"EUR","minor":10000}"#, r#""100.00 EUR""#]
        {
            assert_eq!(read(json).unwrap(), amount, "{json}");
        }
        for json in [
            "100.0",
            "100",
            "null",
            "[10000,\"EUR\"]",
            r#"{"minor":10000}"#,
            r#"{"currency":"EUR"}"#,
            r#"{"minor":10000.0,"currency":"EUR"}"#,
            r#"{"minor":-1,"currency":"EUR"}"#,
            r#"{"minor":"10000","currency":"EUR"}"#,
            r#"{"minor":1,"minor":2,"currency":"EUR"}"#,
            r#"{"minor":1,"currency":"EUR","currency":"USD"}"#,
            r#"{"minor":1,"currency":"EUR","scale":2}"#,
            r#"{"minor":18446744073709551616,"currency":"EUR"}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
