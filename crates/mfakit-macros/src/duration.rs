//! Durations for `max_age`: `"90s"`, `"5m"`, `"1h30m"`, `"1d"`.
//!
//! 1. A duration consists of whole numbers, each followed by its unit (`s`, `m`, `h` or `d`), without spaces.
//! 2. The largest unit is first, and each unit occurs only once.
//! 3. A duration is longer than zero, and at most 24 hours.

use std::fmt;

/// Longest `max_age`, in seconds.
const MAX: u64 = 24 * 60 * 60;

/// Units, largest first. Each has its length in seconds, and names that are often written by mistake.
const UNITS: [(char, u64, &[&str]); 4] = [
    ('d', 86_400, &["day", "days"]),
    ('h', 3_600, &["hr", "hrs", "hour", "hours"]),
    ('m', 60, &["min", "mins", "minute", "minutes"]),
    ('s', 1, &["sec", "secs", "second", "seconds"]),
];

/// Reason why a text is not a valid duration. `Display` states what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// A number without a unit.
    NoUnit(String),
    /// The text, and the duration that was probably intended.
    Syntax(String, Option<String>),
    Zero,
    TooLong,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUnit(text) => write!(
                f,
                "the duration {text:?} has no unit: write `max_age = \"{text}m\"` for minutes \
                 or `max_age = \"{text}s\"` for seconds"
            ),
            Self::Syntax(text, Some(intended)) => {
                write!(f, "{text:?} is not a valid duration: write `max_age = \"{intended}\"`")
            }
            Self::Syntax(text, None) => write!(
                f,
                "{text:?} is not a valid duration: write whole numbers with the units s, m, h or d, \
                 largest first, such as `max_age = \"5m\"` or `max_age = \"1h30m\"`"
            ),
            Self::Zero => f.write_str(
                "a `max_age` of zero rejects every request: write at least `max_age = \"1s\"`, \
                 or leave it out to use the scope's own lifetime",
            ),
            Self::TooLong => f.write_str(
                "`max_age` can be at most 24 hours: write `max_age = \"24h\"` or less, \
                 or leave it out to use the scope's own lifetime",
            ),
        }
    }
}

/// Parses a duration, and returns it in seconds.
pub(crate) fn parse(text: &str) -> Result<u64, Invalid> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid::NoUnit(text.to_owned()));
    }
    let syntax = || Invalid::Syntax(text.to_owned(), intended(text));
    let parts = parts(text).ok_or_else(syntax)?;
    if !parts.is_sorted_by(|(_, before), (_, after)| before > after) {
        return Err(syntax());
    }
    within_limits(total(&parts))
}

/// Returns the numbers and the lengths of their units in seconds, in the order of the text. Returns `None` if the
/// syntax is wrong.
fn parts(text: &str) -> Option<Vec<(u64, u64)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let mut after = after.chars();
        let unit = after.next()?;
        let (_, seconds, _) = UNITS.iter().find(|(letter, ..)| *letter == unit)?;
        if digits.is_empty() {
            return None;
        }
        // A number that overflows is also above the maximum.
        parts.push((digits.parse().unwrap_or(u64::MAX), *seconds));
        rest = after.as_str();
    }
    (!parts.is_empty()).then_some(parts)
}

fn total(parts: &[(u64, u64)]) -> u64 {
    parts.iter().fold(0, |sum, (count, unit)| sum.saturating_add(count.saturating_mul(*unit)))
}

fn within_limits(seconds: u64) -> Result<u64, Invalid> {
    match seconds {
        0 => Err(Invalid::Zero),
        1..=MAX => Ok(seconds),
        _ => Err(Invalid::TooLong),
    }
}

/// Parses a text leniently: with spaces, capital letters, long names of units, and in any order.
fn intended(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut word = String::new();
    for c in text.to_lowercase().chars().filter(|c| !c.is_whitespace()).chain(['0']) {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            let unit = UNITS
                .iter()
                .find(|(letter, _, names)| word == letter.to_string() || names.contains(&word.as_str()));
            plain.push(unit?.0);
            word.clear();
        }
        plain.push(c);
    }
    // Remove the zero that terminated the last word.
    plain.pop();
    let seconds = within_limits(total(&parts(&plain)?)).ok()?;
    Some(format(seconds))
}

/// Formats a number of seconds in hours, minutes and seconds.
fn format(mut seconds: u64) -> String {
    let mut text = String::new();
    for (letter, unit, _) in UNITS.iter().filter(|(letter, ..)| *letter != 'd') {
        if seconds >= *unit {
            text.push_str(&format!("{}{letter}", seconds / unit));
            seconds %= unit;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_consists_of_whole_numbers_with_units_largest_first() {
        for (text, seconds) in [
            ("1s", 1),
            ("90s", 90),
            ("5m", 300),
            ("05m", 300),
            ("1h30m", 5_400),
            ("1h0m5s", 3_605),
            ("24h", 86_400),
            ("1d", 86_400),
            ("23h59m60s", 86_400),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn zero_and_more_than_a_day_are_rejected() {
        for text in ["0s", "0m", "0h0m", "00s"] {
            assert_eq!(parse(text), Err(Invalid::Zero), "{text}");
        }
        for text in ["25h", "24h1s", "2d", "86401s", "99999999999999999999h", "18446744073709551615d"] {
            assert_eq!(parse(text), Err(Invalid::TooLong), "{text}");
        }
    }

    #[test]
    fn another_syntax_is_rejected_with_the_intended_duration() {
        for (text, intended) in [
            ("5 min", Some("5m")),
            ("5M", Some("5m")),
            ("1 hour 30 minutes", Some("1h30m")),
            ("30m1h", Some("1h30m")),
            ("5m5m", Some("10m")),
            ("90 seconds", Some("1m30s")),
            ("1 Day", Some("24h")),
            (" 5m", Some("5m")),
            ("abc", None),
            ("", None),
            ("m", None),
            ("m5", None),
            ("1.5h", None),
            ("-5m", None),
            ("1h30", None),
            ("5ms", None),
            ("٥m", None),
            ("3 fortnights", None),
            ("30 days", None),
        ] {
            assert_eq!(parse(text), Err(Invalid::Syntax(text.into(), intended.map(Into::into))), "{text:?}");
        }
        assert_eq!(parse("5"), Err(Invalid::NoUnit("5".into())));
    }
}
