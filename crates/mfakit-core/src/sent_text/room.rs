//! Room of a message for the words of an action.

use crate::{
    action::{Currency, Money, sentence},
    sent_text::{
        segments::Length,
        text::{CODE_PLACEHOLDER, LONGEST_RETRIEVED, SentText, plain_spaces, shortened},
    },
};

/// Minimum number of characters of a payee that a message shows, if the payee is longer than what it has room for.
pub(super) const FEWEST_CHARACTERS: usize = 8;

/// Number of characters of a payee for which the messages of an app must have room when it starts.
pub(crate) const ROOM: usize = 20;

/// Minor units of the longest amounts for which there must be room: 18 digits.
const LONGEST_AMOUNT: u64 = 999_999_999_999_999_999;

/// Character outside of the GSM alphabet, as is "…".
const SAMPLE: &str = "\u{416}";

/// Reason why a message about an action cannot be composed: it has no room for the amount and the payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl SentText<'_> {
    /// Returns the length by which a message about an action is too long: in bytes for the app that reads it, or
    /// otherwise in units of its encoding for two segments.
    pub(super) fn excess(&self, message: &str) -> usize {
        let message = message.replace(CODE_PLACEHOLDER, &"0".repeat(usize::from(self.digits)));
        match self.site.android_app_hash() {
            Some(_) => message.len().saturating_sub(LONGEST_RETRIEVED),
            None => Length::of(&message).excess_of_two_segments(),
        }
    }

    /// Returns the length by which messages about actions are too long for the longest amounts and the beginning of a
    /// payee in any script.
    pub(crate) fn missing_room(&self) -> usize {
        let payee = shortened(&SAMPLE.repeat(ROOM));
        let excess = |currency| {
            let amount = plain_spaces(&Money::new(LONGEST_AMOUNT, currency).text(self.messages));
            let sentence = sentence(self.messages, Some(&amount), Some(&payee));
            self.excess(&self.with(sentence.as_deref()))
        };
        [Currency::EUR, Currency::JPY].into_iter().map(excess).max().unwrap_or_default()
    }
}
