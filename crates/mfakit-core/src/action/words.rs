//! Words in which a person reads an action, in no language.

use serde::{Deserialize, Serialize};

use crate::action::money::Money;

/// Words in which a person reads an action: an amount, a payee, and lines of text.
///
/// They are data of the app, in no language. [`text`](Self::text) writes them for the challenge page. Messages and calls
/// name the amount and the payee.
///
/// ```
/// use mfakit_core::action::{Currency, Money, Words};
///
/// let words = Words::new()
///     .with_amount(Money::new(10_000, Currency::EUR))
///     .with_payee("ACME Ltd")
///     .with_line("Reference", "2026-17");
/// assert_eq!(words.payee(), Some("ACME Ltd"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Words {
    amount: Option<Money>,
    payee: Option<String>,
    lines: Vec<Line>,
}

impl Words {
    /// Creates words without an amount, a payee or a line.
    pub const fn new() -> Self {
        Self { amount: None, payee: None, lines: Vec::new() }
    }

    /// Sets the amount.
    pub const fn with_amount(mut self, amount: Money) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Sets the payee.
    pub fn with_payee(mut self, payee: impl Into<String>) -> Self {
        self.payee = Some(payee.into());
        self
    }

    /// Adds a line for the challenge page. [`Messages::line`](crate::Messages::line) translates its label.
    pub fn with_line(mut self, label: impl Into<String>, value: impl Into<LineValue>) -> Self {
        self.lines.push(Line { label: label.into(), value: value.into() });
        self
    }

    /// Returns the amount.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// Returns the payee, as the app named it. It may be text from a stranger.
    #[must_use]
    pub fn payee(&self) -> Option<&str> {
        self.payee.as_deref()
    }

    /// Returns the lines besides the amount and the payee.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

/// Line of an action on the challenge page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    label: String,
    value: LineValue,
}

impl Line {
    /// Returns the label, untranslated.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the value.
    pub const fn value(&self) -> &LineValue {
        &self.value
    }
}

/// Value of a [`Line`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
#[non_exhaustive]
pub enum LineValue {
    /// Text, which may be from a stranger.
    Text(String),
    /// Amount of money, which is written in the language of the page.
    Amount(Money),
}

impl From<String> for LineValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for LineValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Money> for LineValue {
    fn from(amount: Money) -> Self {
        Self::Amount(amount)
    }
}
