//! Amounts of the fields of an action.

use crate::action::money::Money;

/// Type of a field that is the amount of an action: [`Money`], or an `Option` of it.
///
/// Implement it for a type of your own that contains [`Money`].
///
/// ```
/// use mfakit_core::action::{Amount, Money};
///
/// let fee: Money = "1.50 EUR".parse()?;
/// assert_eq!(fee.amount(), Some(fee));
/// assert_eq!(None::<Money>.amount(), None);
/// # Ok::<(), mfakit_core::error::InvalidMoney>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the amount of an action",
    label = "not an amount",
    note = "an amount is a `mfakit::action::Money` or an `Option<Money>`, because a number alone names no currency"
)]
pub trait Amount {
    /// Returns the amount, if there is one.
    fn amount(&self) -> Option<Money>;
}

impl Amount for Money {
    fn amount(&self) -> Option<Money> {
        Some(*self)
    }
}

impl Amount for Option<Money> {
    fn amount(&self) -> Option<Money> {
        *self
    }
}
