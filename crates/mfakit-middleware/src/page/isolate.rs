//! Numbers and dates in a sentence.

use mfakit_core::{Messages, Timestamp};

/// Isolates a number or a date, which reads from left to right in every language (Unicode, UAX #9, 2.4.2).
pub(super) fn isolated(words: &Messages, text: &str) -> String {
    if words.is_right_to_left() { format!("\u{2066}{text}\u{2069}") } else { text.to_owned() }
}

/// Returns the date of a time, in UTC and in the form that is the same in every language (RFC 3339).
pub(super) fn date(words: &Messages, at: Timestamp) -> String {
    let date: String = at.to_string().chars().take_while(|character| *character != 'T').collect();
    isolated(words, &date)
}
