//! Values of fields, as the derive shows them.
//!
//! A method call finds [`ByMoney`] before [`ByDisplay`], because the latter needs one more reference. So an amount of money
//! is written in the language of the page, whatever the name of its type, and everything else by its `Display`.

use std::fmt::Display;

use crate::action::{money::Money, words::LineValue};

/// Value that can be shown.
#[derive(Debug)]
pub struct Shown<'a, T: ?Sized> {
    value: &'a T,
    write: fn(&T) -> String,
}

/// Returns a value that can be shown.
pub fn shown<T: Display + ?Sized>(value: &T) -> Shown<'_, T> {
    Shown { value, write: T::to_string }
}

impl<T: ?Sized> Shown<'_, T> {
    /// Returns the text of the value.
    pub fn text(&self) -> String {
        (self.write)(self.value)
    }
}

/// Amounts of money.
pub trait ByMoney {
    /// Returns the value of a line.
    fn line_value(&self) -> LineValue;
}

impl ByMoney for Shown<'_, Money> {
    fn line_value(&self) -> LineValue {
        LineValue::Amount(*self.value)
    }
}

/// All other values.
pub trait ByDisplay {
    /// Returns the value of a line.
    fn line_value(&self) -> LineValue;
}

impl<T: ?Sized> ByDisplay for &Shown<'_, T> {
    fn line_value(&self) -> LineValue {
        LineValue::Text(self.text())
    }
}
