//! Texts of actions that the table cannot list: labels of lines, and spoken names of currencies.

use crate::messages::{Messages, check::check_name, invalid::InvalidText};

impl Messages {
    /// Sets the label of a [line](crate::action::Line) of actions in this language. `name` is the label in the app's code, or
    /// the name of the field. Case is ignored, and an underscore is a space.
    ///
    /// ```
    /// use mfakit_core::{Messages, action::Words};
    ///
    /// let messages = Messages::english().line("due_date", "To be paid on");
    /// let text = Words::new().with_line("Due date", "2026-12-01").text(&messages, "pay");
    /// assert_eq!(text.lines()[0].label, "To be paid on");
    /// ```
    pub fn line(mut self, name: impl AsRef<str>, label: impl Into<String>) -> Self {
        self.lines.insert(key(name.as_ref()), label.into());
        self
    }

    /// Sets the name of a currency in voice calls, by the code of the currency. In most languages, this is the plural:
    /// "euros".
    pub fn currency(mut self, code: impl Into<String>, name: impl Into<String>) -> Self {
        self.currencies.insert(code.into(), name.into());
        self
    }

    /// Returns the label of a line in this language, or the label in the app's code.
    #[must_use]
    pub fn line_label<'a>(&'a self, label: &'a str) -> &'a str {
        self.lines.get(&key(label)).map_or(label, String::as_str)
    }

    /// Returns the spoken name of a currency, if this language has one.
    #[must_use]
    pub fn currency_name(&self, code: &str) -> Option<&str> {
        self.currencies.get(code).map(String::as_str)
    }

    /// Checks the texts of actions.
    pub(super) fn check_lines(&self) -> Result<(), InvalidText> {
        for (name, label) in self.lines.iter().chain(&self.currencies) {
            check_name(label).map_err(|why| InvalidText::Line { name: name.clone(), why })?;
        }
        Ok(())
    }
}

/// Returns the key of a line, for its label or the name of its field.
fn key(name: &str) -> String {
    name.replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_found_by_the_name_of_the_field_and_by_itself() {
        let messages = Messages::english().line("due_date", "Payable on");
        for label in ["Due date", "due_date", "DUE DATE"] {
            assert_eq!(messages.line_label(label), "Payable on", "{label}");
        }
        assert_eq!(messages.line_label("Date"), "Date");
    }

    #[test]
    fn texts_of_actions_are_checked() {
        assert_eq!(Messages::english().line("memo", "Memo").currency("EUR", "euros").check(), Ok(()));
        for bad in ["", " a", "a\nb", "see https://evil.test", "{CODE}", "a@b"] {
            let line = Messages::english().line("memo", bad).check();
            assert!(matches!(line, Err(InvalidText::Line { .. })), "{bad}");
            assert!(Messages::english().currency("EUR", bad).check().is_err(), "{bad}");
        }
    }
}
