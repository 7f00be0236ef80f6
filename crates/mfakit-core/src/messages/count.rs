//! Numbers, and texts that contain a count.

use std::time::Duration;

use crate::{
    clock::whole_seconds,
    messages::{
        Messages, fill,
        locale::{Plurals, Tag},
        message_id::MessageId,
        plural::PluralForm,
    },
};

impl Messages {
    /// Returns a number in the digits of the language.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        let digit = |c: char| c.to_digit(10).and_then(|digit| self.digits.get(digit as usize).copied());
        number.to_string().chars().map(|c| digit(c).unwrap_or(c)).collect()
    }

    /// Returns the digits of the language, from zero to nine.
    #[must_use]
    pub const fn digits(&self) -> [char; 10] {
        self.digits
    }

    /// Returns a counted text in the form for this number, with its other placeholders filled.
    #[must_use]
    pub fn fill_count(&self, id: MessageId, count: u64, values: &[(&str, &str)]) -> String {
        let number = self.number(count);
        let mut all = values.to_vec();
        if let Some(counted) = id.counted() {
            all.push((counted.placeholder, &number));
        }
        fill(self.counting(id, count), &all)
    }

    /// Returns the text for this number.
    fn counting(&self, id: MessageId, count: u64) -> &str {
        let plurals = self.plurals();
        let one = id.counted().and_then(|counted| counted.one);
        match (plurals.form(count), one) {
            (PluralForm::One, Some(one)) => self.text(one),
            (PluralForm::Other, Some(one)) if count == 1 && plurals.are_one() => self.text(one),
            (form, _) => self.forms.get(&(id as usize, form)).map_or(self.text(id), |text| text),
        }
    }

    pub(super) fn plurals(&self) -> Plurals {
        self.tag.as_ref().map_or(Plurals::none(), Tag::plurals)
    }

    /// Returns a time span as text, rounded up: in seconds below a minute and a half, in minutes below an hour and a
    /// half, and otherwise in hours.
    #[must_use]
    pub fn span(&self, span: Duration) -> String {
        let seconds = whole_seconds(span);
        let (count, id) = match seconds {
            0..90 => (seconds, MessageId::Seconds),
            90..5400 => (seconds.div_ceil(60), MessageId::Minutes),
            5400.. => (seconds.div_ceil(3600), MessageId::Hours),
        };
        self.fill_count(id, count, &[])
    }

    /// Returns the texts of a span of seconds by their forms, named as in the browser's `Intl.PluralRules`,
    /// so that a countdown reads like the page. Includes forms that the language does not have, because a
    /// browser that does not know the language uses the forms of another.
    #[must_use]
    pub fn seconds(&self) -> [(&'static str, &str); 6] {
        PluralForm::ALL.map(|form| {
            let text = match form {
                PluralForm::One => self.text(MessageId::Second),
                form => self
                    .forms
                    .get(&(MessageId::Seconds as usize, form))
                    .map_or(self.text(MessageId::Seconds), |text| text),
            };
            (form.name(), text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_in_natural_units() {
        let messages = Messages::english();
        for (seconds, text) in [
            (0, "1 second"),
            (1, "1 second"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (300, "5 minutes"),
            (301, "6 minutes"),
            (5399, "90 minutes"),
            (5400, "2 hours"),
        ] {
            assert_eq!(messages.span(Duration::from_secs(seconds)), text, "{seconds}");
        }
        assert_eq!(messages.span(Duration::from_millis(29_001)), "30 seconds");
    }
}
