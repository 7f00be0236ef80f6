//! Words of an action in one language.

use crate::{
    action::{
        money::Money,
        safe_text,
        words::{LineValue, Words},
    },
    messages::{MessageId, Messages},
};

/// First and last character of an isolated text, whose direction of writing does not affect the text around it
/// (UAX #9).
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Words of an action in one language, for the challenge page and its JSON.
///
/// Control characters, invisible characters and line breaks are removed from text of strangers. Everything else of it is
/// whole: escape it for HTML like any other text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ActionText {
    sentence: String,
    lines: Vec<TextLine>,
}

impl ActionText {
    /// Returns the sentence that names the action, such as "Send 100.00 EUR to ACME Ltd". Without an amount and a payee,
    /// it is the label of the scope.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Returns the lines: the amount, the payee, and the lines of the app that have a visible value.
    #[must_use]
    pub fn lines(&self) -> &[TextLine] {
        &self.lines
    }
}

/// Line of an [`ActionText`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextLine {
    /// Label, in the language of the page.
    pub label: String,
    /// Value. Its direction of writing is its own: use `<bdi>` or `dir="auto"`.
    pub value: String,
}

impl Words {
    /// Returns the words in the language of `messages`, for the challenge page and its JSON. `label` is the scope's.
    ///
    /// ```
    /// use mfakit_core::{Messages, action::Words};
    ///
    /// let words = Words::new().with_amount("1234.5 EUR".parse()?).with_payee("ACME\nLtd");
    /// let text = words.text(&Messages::english(), "make a transfer");
    /// assert_eq!(text.sentence(), "Send 1,234.50 EUR to ACME Ltd");
    /// assert_eq!(text.lines()[1].label, "To");
    /// assert_eq!(text.lines()[1].value, "ACME Ltd");
    /// # Ok::<(), mfakit_core::error::InvalidMoney>(())
    /// ```
    pub fn text(&self, messages: &Messages, label: &str) -> ActionText {
        let amount = self.amount().map(|amount| amount.text(messages));
        let payee = self.payee().map(safe_text::for_page);
        let isolated = |text: &String| isolate(text, messages);
        let sentence = sentence(
            messages,
            amount.as_ref().map(isolated).as_deref(),
            payee.as_ref().map(isolated).as_deref(),
        );
        let line = |id, value| TextLine { label: messages.text(id).to_owned(), value };
        let amount = amount.map(|amount| line(MessageId::AmountLabel, amount));
        let payee = payee.map(|payee| line(MessageId::PayeeLabel, payee));
        let others = self.lines().iter().filter_map(|line| {
            let value = match line.value() {
                LineValue::Text(text) => safe_text::value_for_page(text)?,
                LineValue::Amount(amount) => amount.text(messages),
            };
            Some(TextLine { label: safe_text::for_page(messages.line_label(line.label())), value })
        });
        ActionText {
            sentence: sentence.unwrap_or_else(|| label.to_owned()),
            lines: amount.into_iter().chain(payee).chain(others).collect(),
        }
    }
}

/// Returns the sentence for an action with an amount, a payee, or both. The values are text of the language.
pub(crate) fn sentence(messages: &Messages, amount: Option<&str>, payee: Option<&str>) -> Option<String> {
    let fill = |id, values: &[_]| Some(messages.fill(id, values));
    match (amount, payee) {
        (Some(amount), Some(payee)) => fill(MessageId::SendAmountTo, &[("amount", amount), ("payee", payee)]),
        (Some(amount), None) => fill(MessageId::SendAmount, &[("amount", amount)]),
        (None, Some(payee)) => fill(MessageId::SendTo, &[("payee", payee)]),
        (None, None) => None,
    }
}

/// Isolates the direction of a value in a sentence, if one of them is written from right to left.
fn isolate(value: &str, messages: &Messages) -> String {
    let (first, last) = ISOLATE;
    if messages.is_right_to_left() || value.chars().any(is_right_to_left) {
        format!("{first}{value}{last}")
    } else {
        value.to_owned()
    }
}

/// Returns whether a character is in a block of scripts that are written from right to left.
const fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

impl Money {
    /// Returns the amount as people write it in the language of `messages`, with the code of its currency: `1,234.50 EUR`
    /// in English, `1.234,50 EUR` in German.
    ///
    /// ```
    /// use mfakit_core::{Messages, action::{Currency, Money}};
    ///
    /// assert_eq!(Money::new(123_450, Currency::EUR).text(&Messages::english()), "1,234.50 EUR");
    /// ```
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let number = messages.decimal(self.minor(), self.currency().minor_digits(), true);
        format!("{number} {}", self.currency())
    }

    /// Returns the amount for a voice call: without grouping, without minor digits that are all zero, and with the name
    /// of the currency from [`Messages::currency`]. Without a name, the letters of its code are read one by one.
    ///
    /// ```
    /// use mfakit_core::{Messages, action::{Currency, Money}};
    ///
    /// let (english, amount) = (Messages::english(), Money::new(123_450, Currency::EUR));
    /// assert_eq!(amount.spoken(&english), "1234.50 E U R");
    /// assert_eq!(amount.spoken(&english.currency("EUR", "euros")), "1234.50 euros");
    /// ```
    #[must_use]
    pub fn spoken(&self, messages: &Messages) -> String {
        let (digits, currency) = (self.currency().minor_digits(), self.currency());
        let unit = 10_u64.pow(u32::from(digits));
        let number = if self.minor().is_multiple_of(unit) {
            messages.decimal(self.minor() / unit, 0, false)
        } else {
            messages.decimal(self.minor(), digits, false)
        };
        let name =
            messages.currency_name(currency.code()).map_or_else(|| spelled(currency.code()), str::to_owned);
        format!("{number} {name}")
    }
}

/// Returns a code as letters that are read one by one.
fn spelled(code: &str) -> String {
    let letters: Vec<_> = code.chars().map(String::from).collect();
    letters.join(" ")
}
