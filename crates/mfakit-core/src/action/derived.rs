//! Values of fields, as the derive shows them.
//!
//! A method call finds the method of [`Shown<Money>`](Shown) before that of [`ByDisplay`], because the latter needs one
//! more reference. So an amount of money is written in the language of the page, whatever the name of its type, and
//! everything else by its `Display`. The name of the method is odd, because a trait of the app may have one for every type.

use std::fmt::Display;

use crate::action::{amount::Amount, money::Money, words::LineValue};

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

/// Returns the amount of a value.
pub fn amount<T: Amount + ?Sized>(value: &T) -> Option<Money> {
    value.amount()
}

/// Returns the text of a value.
pub fn text<T: Display + ?Sized>(value: &T) -> String {
    value.to_string()
}

impl Shown<'_, Money> {
    /// Returns the value of a line.
    pub fn mfakit_line_value(&self) -> LineValue {
        LineValue::Amount(*self.value)
    }
}

/// All other values.
pub trait ByDisplay {
    /// Returns the value of a line.
    fn mfakit_line_value(&self) -> LineValue;
}

impl<T: ?Sized> ByDisplay for &Shown<'_, T> {
    fn mfakit_line_value(&self) -> LineValue {
        LineValue::Text((self.write)(self.value))
    }
}
