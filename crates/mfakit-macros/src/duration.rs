//! The durations that `max_age` takes: `"90s"`, `"5m"`, `"1h30m"`, `"1d"`.
//!
//! 1. Whole numbers, each followed by its unit: `s`, `m`, `h` or `d`; nothing between them.
//! 2. The largest unit comes first, and each comes once.
//! 3. More than nothing, and at most 24 hours.

use std::fmt;

/// The longest `max_age`, in seconds.
const CEILING: u64 = 24 * 60 * 60;

/// The units, largest first, with the names people write for them by mistake.
const UNITS: [(char, u64, &[&str]); 4] = [
    ('d', 86_400, &["day", "days"]),
    ('h', 3_600, &["hr", "hrs", "hour", "hours"]),
    ('m', 60, &["min", "mins", "minute", "minutes"]),
    ('s', 1, &["sec", "secs", "second", "seconds"]),
];

/// Why a text is no duration; its `Display` says what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A number alone.
    NoUnit(String),
    /// The text, and how to write what it probably means.
    Form(String, Option<String>),
    Zero,
    TooLong,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUnit(text) => write!(
                f,
                "the duration {text:?} has no unit: write `max_age = \"{text}m\"` for minutes \
                 or `max_age = \"{text}s\"` for seconds"
            ),
            Self::Form(text, Some(meant)) => {
                write!(f, "{text:?} is not a duration: write `max_age = \"{meant}\"`")
            }
            Self::Form(text, None) => write!(
                f,
                "{text:?} is not a duration: write whole numbers with the units s, m, h or d, \
                 largest first, such as `max_age = \"5m\"` or `max_age = \"1h30m\"`"
            ),
            Self::Zero => f.write_str(
                "a `max_age` of zero lets nobody in: write at least `max_age = \"1s\"`, \
                 or leave it out, and the scope's own lifetime counts",
            ),
            Self::TooLong => f.write_str(
                "the ceiling of `max_age` is 24 hours: write `max_age = \"24h\"` or less, \
                 or leave it out, and the scope's own lifetime counts",
            ),
        }
    }
}

/// The duration in seconds.
pub(crate) fn parse(text: &str) -> Result<u64, Fault> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::NoUnit(text.to_owned()));
    }
    let form = || Fault::Form(text.to_owned(), meant(text));
    let parts = parts(text).ok_or_else(form)?;
    if !parts.is_sorted_by(|(_, before), (_, after)| before > after) {
        return Err(form());
    }
    within_limits(total(&parts))
}

/// Numbers and the seconds of their units, in the order of the text; `None` where it has another form.
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
        // A number too large to hold is above the ceiling all the same.
        parts.push((digits.parse().unwrap_or(u64::MAX), *seconds));
        rest = after.as_str();
    }
    (!parts.is_empty()).then_some(parts)
}

fn total(parts: &[(u64, u64)]) -> u64 {
    parts.iter().fold(0, |sum, (count, unit)| sum.saturating_add(count.saturating_mul(*unit)))
}

fn within_limits(seconds: u64) -> Result<u64, Fault> {
    match seconds {
        0 => Err(Fault::Zero),
        1..=CEILING => Ok(seconds),
        _ => Err(Fault::TooLong),
    }
}

/// Reads a text generously: spaces, capitals, long names of units, any order.
fn meant(text: &str) -> Option<String> {
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
    // The zero that closed the last word is not part of the text.
    plain.pop();
    let seconds = within_limits(total(&parts(&plain)?)).ok()?;
    Some(written(seconds))
}

/// The shortest usual way to write so many seconds.
fn written(mut seconds: u64) -> String {
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
    fn a_duration_is_whole_numbers_with_units_largest_first() {
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
    fn zero_and_more_than_a_day_are_refused() {
        for text in ["0s", "0m", "0h0m", "00s"] {
            assert_eq!(parse(text), Err(Fault::Zero), "{text}");
        }
        for text in ["25h", "24h1s", "2d", "86401s", "99999999999999999999h", "18446744073709551615d"] {
            assert_eq!(parse(text), Err(Fault::TooLong), "{text}");
        }
    }

    #[test]
    fn another_form_is_refused_with_what_it_probably_means() {
        for (text, meant) in [
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
            assert_eq!(parse(text), Err(Fault::Form(text.into(), meant.map(Into::into))), "{text:?}");
        }
        assert_eq!(parse("5"), Err(Fault::NoUnit("5".into())));
    }
}
