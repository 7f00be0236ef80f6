//! Amounts of money.

use std::{fmt, str::FromStr};

use mfakit::action::{Amount, Currency, Money};
use serde::{Deserialize, Serialize};

/// An amount of money in whole cents of US dollars. It is never negative.
///
/// Equal amounts are equal in every form, however they were typed, so an approval of "12.5" is one of "12.50".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dollars(u64);

impl Dollars {
    /// Creates an amount of whole dollars.
    #[must_use]
    pub fn whole(dollars: u32) -> Self {
        Self(u64::from(dollars) * 100)
    }

    /// Returns the sum, or `None` if it overflows.
    #[must_use]
    pub fn plus(self, more: Self) -> Option<Self> {
        self.0.checked_add(more.0).map(Self)
    }

    /// Returns the difference, or `None` if it is negative.
    #[must_use]
    pub fn minus(self, less: Self) -> Option<Self> {
        self.0.checked_sub(less.0).map(Self)
    }

    /// Returns the amount as a customer types it, such as `2500.00`.
    #[must_use]
    pub fn typed(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The amount that a person approves, with its currency.
impl Amount for Dollars {
    fn amount(&self) -> Option<Money> {
        Some(Money::new(self.0, Currency::USD))
    }
}

/// Parses an amount that a customer entered: greater than zero, with at most two decimals.
impl FromStr for Dollars {
    type Err = InvalidAmount;

    fn from_str(typed: &str) -> Result<Self, InvalidAmount> {
        let amount: Money = format!("{} USD", typed.trim()).parse().map_err(|_| InvalidAmount)?;
        if amount.minor() > 0 { Ok(Self(amount.minor())) } else { Err(InvalidAmount) }
    }
}

/// Formats the amount with two decimals, such as `$2,500.00`.
impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.typed();
        let (dollars, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
        f.write_str("$")?;
        for (index, digit) in dollars.chars().enumerate() {
            if index > 0 && (dollars.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{cents}")
    }
}

/// The text is not a valid amount for a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("enter an amount such as 25 or 25.50")]
pub struct InvalidAmount;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_positive_and_has_whole_cents() {
        for (typed, shown) in [
            ("1", "$1.00"),
            ("0.01", "$0.01"),
            (" 12.5 ", "$12.50"),
            ("999", "$999.00"),
            ("1000", "$1,000.00"),
            ("1234567.89", "$1,234,567.89"),
        ] {
            let amount: Dollars = typed.parse().unwrap();
            assert_eq!(amount.to_string(), shown, "{typed}");
            assert_eq!(amount.typed().parse(), Ok(amount), "{typed}");
        }
        for bad in ["", " ", "0", "0.00", "-1", "1.005", "1e3", "1,50", "$5", "NaN", "ten", "1.2.3", "1 USD"]
        {
            assert_eq!(bad.parse::<Dollars>(), Err(InvalidAmount), "{bad:?}");
        }
        assert!("9".repeat(40).parse::<Dollars>().is_err());
    }

    #[test]
    fn an_amount_is_never_negative() {
        let (one, two) = (Dollars::whole(1), Dollars::whole(2));
        assert_eq!(one.plus(one), Some(two));
        assert_eq!(two.minus(one), Some(one));
        assert_eq!(one.minus(two), None);
        assert_eq!(one.minus(one), Some(Dollars::whole(0)));
    }
}
