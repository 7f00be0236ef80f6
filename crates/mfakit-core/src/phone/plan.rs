//! Numbering plan of one country or territory.
//!
//! 1. A plan compiles its patterns at most once, on its own. A thread waits for another only if both are the first to
//!    need the same plan.
//! 2. The whole national number is classified, including its leading zeros, which are significant in some countries.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::{
    numbering::{Lengths, Record},
    phone::lines::{Line, Lines},
    region::Region,
};

/// Result of comparing the number of digits with those that a plan allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Possible,
    /// Dialed within one area only, without its area code.
    Local,
    TooShort,
    TooLong,
    /// Neither the shortest nor the longest length, and none between.
    Wrong,
}

/// Numbering plan of one country or territory.
pub(super) struct Plan {
    /// Calling code of the plan.
    pub(super) code: u16,
    /// `None` for a calling code that belongs to no country.
    pub(super) region: Option<Region>,
    record: &'static Record<'static>,
    lengths: Lengths,
    lines: OnceLock<Option<Lines>>,
    leading_digits: OnceLock<Option<Regex>>,
    national_prefix: OnceLock<Option<Regex>>,
    international_prefix: OnceLock<Option<Regex>>,
}

impl Plan {
    pub(super) fn new(record: &'static Record<'static>) -> Self {
        let lengths = record.patterns.iter().filter_map(|pattern| pattern.lengths);
        Self {
            code: record.code,
            region: Region::from_id(record.territory),
            record,
            lengths: lengths.fold(Lengths::default(), Lengths::and),
            lines: OnceLock::new(),
            leading_digits: OnceLock::new(),
            national_prefix: OnceLock::new(),
            international_prefix: OnceLock::new(),
        }
    }

    /// Compiles what [`line`](Self::line), [`begins_as`](Self::begins_as) and
    /// [`without_prefix`](Self::without_prefix) need.
    pub(super) fn warm_up(&self) {
        let _: (Option<_>, Option<_>, Option<_>) =
            (self.lines(), self.leading_digits(), self.national_prefix());
    }

    /// Classifies a national number, in the same order as libphonenumber.
    pub(super) fn line(&self, national: &str) -> Line {
        self.lines().map_or(Line::Unknown, |lines| lines.classify(national))
    }

    /// Returns whether a national number is that of a landline, and may not be that of a mobile phone.
    pub(super) fn is_landline(&self, national: &str) -> bool {
        self.lines().is_some_and(|lines| lines.are_landlines(national))
    }

    /// Returns whether a national number belongs to this plan, among the plans that share the calling code.
    pub(super) fn owns(&self, national: &str) -> bool {
        match self.leading_digits() {
            Some(digits) => digits.is_match(national),
            None => self.line(national) != Line::Unknown,
        }
    }

    /// Compares the number of digits with those that the plan allows for any line.
    pub(super) fn length(&self, national: &str) -> Length {
        let length = national.len();
        if self.lengths.contain(length) {
            Length::Possible
        } else if self.record.local_lengths.contain(length) {
            Length::Local
        } else if self.lengths.shortest().is_none_or(|shortest| length < shortest) {
            Length::TooShort
        } else if self.lengths.longest().is_none_or(|longest| length > longest) {
            Length::TooLong
        } else {
            Length::Wrong
        }
    }

    /// Removes the prefix that is dialed only within the country, and completes what is omitted there.
    /// Returns the number as E.164 has it, or `None` if it is in that form already.
    pub(super) fn without_prefix(&self, national: &str) -> Option<String> {
        self.without_dialed_prefix(national).or_else(|| {
            // In Colombia, 0 alone and 0 with the digit of a carrier stand before numbers that begin with the same
            // digit, so the longest prefix is not always the right one.
            let rest = national.strip_prefix(self.record.national_prefix?)?;
            let is_better = self.line(national) == Line::Unknown && self.line(rest) != Line::Unknown;
            is_better.then(|| rest.to_owned())
        })
    }

    fn without_dialed_prefix(&self, national: &str) -> Option<String> {
        let found = self.national_prefix()?.captures(national)?;
        let prefix = found.get(0)?.end();
        let last_group = (found.len() > 1).then(|| found.get(found.len() - 1)).flatten();
        let rule = self.record.transform_rule.filter(|_| last_group.is_some());
        let mut rest = String::with_capacity(national.len());
        if let Some(rule) = rule {
            let mut rule = rule.chars();
            while let Some(character) = rule.next() {
                let group = (character == '$').then(|| rule.next().and_then(|group| group.to_digit(10)));
                match group.flatten() {
                    Some(group) => {
                        rest.push_str(found.get(group as usize).map_or("", |group| group.as_str()));
                    }
                    None => rest.push(character),
                }
            }
        } else if prefix == 0 {
            return None;
        }
        rest.push_str(national.get(prefix..).unwrap_or_default());
        let is_worse = self.is_general(national) && !self.is_general(&rest);
        let is_whole = matches!(self.length(&rest), Length::Possible | Length::TooLong);
        (is_whole && !is_worse && rest != national).then_some(rest)
    }

    /// Removes the prefix that is dialed before a calling code, such as `00` or `011`.
    pub(super) fn without_international_prefix<'a>(&self, dialed: &'a str) -> Option<&'a str> {
        let prefix =
            self.international_prefix.get_or_init(|| compiled_at_start(self.record.international_prefix));
        let rest = dialed.get(prefix.as_ref()?.find(dialed)?.end()..)?;
        // No calling code begins with zero.
        (!rest.starts_with('0')).then_some(rest)
    }

    /// Returns whether the number matches the plan's most general pattern.
    fn is_general(&self, national: &str) -> bool {
        self.lines().is_some_and(|lines| lines.are_general(national))
    }

    fn lines(&self) -> Option<&Lines> {
        self.lines.get_or_init(|| Lines::compile(&self.record.patterns)).as_ref()
    }

    fn leading_digits(&self) -> Option<&Regex> {
        self.leading_digits.get_or_init(|| compiled_at_start(self.record.leading_digits)).as_ref()
    }

    fn national_prefix(&self) -> Option<&Regex> {
        let for_parsing = || self.record.prefix_for_parsing.or(self.record.national_prefix);
        self.national_prefix.get_or_init(|| compiled_at_start(for_parsing())).as_ref()
    }
}

/// Compiles a pattern that must match at the start. `None` if it is missing or cannot be compiled.
fn compiled_at_start(pattern: Option<&str>) -> Option<Regex> {
    Regex::new(&format!("^(?:{})", pattern?)).ok()
}
