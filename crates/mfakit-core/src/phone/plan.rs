//! Numbering plan of one country or territory.
//!
//! The patterns are those of libphonenumber, taken from the crate `phonenumber`. That crate compiles them
//! into one process-wide cache of 100 behind a mutex, and classifies a number without its significant leading
//! zeros. So this module does both itself:
//!
//! 1. A plan compiles its patterns at most once, on its own. A thread waits for another only if both are the first to
//!    need the same plan.
//! 2. The whole national number is classified, including its zeros.

use std::sync::OnceLock;

use phonenumber::metadata::{Descriptor, Metadata};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::region::Region;

/// Kind of a line, according to who answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A person: a fixed, mobile or internet (VoIP) line.
    Personal,
    /// A service: premium, toll-free or shared-cost, a personal number, a pager, a company's access number or
    /// a voice mailbox.
    Service,
    /// The metadata does not list the number.
    Unknown,
}

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
    /// True for the plan in which a number of a shared calling code is looked up first.
    pub(super) is_main: bool,
    metadata: &'static Metadata,
    lengths: Lengths,
    local_lengths: Lengths,
    lines: OnceLock<Option<Lines>>,
    leading_digits: OnceLock<Option<Regex>>,
    national_prefix: OnceLock<Option<Regex>>,
    international_prefix: OnceLock<Option<Regex>>,
}

impl Plan {
    pub(super) fn new(metadata: &'static Metadata) -> Self {
        let described = || KINDS.iter().filter_map(|(_, descriptor)| descriptor(metadata));
        Self {
            code: metadata.country_code(),
            region: Region::from_id(metadata.id()),
            is_main: metadata.is_main_country_for_code(),
            metadata,
            lengths: described().flat_map(Descriptor::possible_length).collect(),
            local_lengths: described().flat_map(Descriptor::possible_local_length).collect(),
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
        } else if self.local_lengths.contain(length) {
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
            let rest = national.strip_prefix(self.metadata.national_prefix()?)?;
            let is_better = self.line(national) == Line::Unknown && self.line(rest) != Line::Unknown;
            is_better.then(|| rest.to_owned())
        })
    }

    fn without_dialed_prefix(&self, national: &str) -> Option<String> {
        let found = self.national_prefix()?.captures(national)?;
        let prefix = found.get(0)?.end();
        let last_group = (found.len() > 1).then(|| found.get(found.len() - 1)).flatten();
        let rule = self.metadata.national_prefix_transform_rule().filter(|_| last_group.is_some());
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
        let prefix = self.international_prefix.get_or_init(|| {
            compiled_at_start(self.metadata.international_prefix().map(|prefix| prefix.as_str()))
        });
        let rest = dialed.get(prefix.as_ref()?.find(dialed)?.end()..)?;
        // No calling code begins with zero.
        (!rest.starts_with('0')).then_some(rest)
    }

    /// Returns whether the number matches the plan's most general pattern.
    fn is_general(&self, national: &str) -> bool {
        self.lines().is_some_and(|lines| lines.kinds_of(national) & 1 != 0)
    }

    fn lines(&self) -> Option<&Lines> {
        self.lines.get_or_init(|| Lines::compile(self.metadata)).as_ref()
    }

    fn leading_digits(&self) -> Option<&Regex> {
        let digits = || self.metadata.leading_digits().map(|digits| digits.as_str());
        self.leading_digits.get_or_init(|| compiled_at_start(digits())).as_ref()
    }

    fn national_prefix(&self) -> Option<&Regex> {
        let for_parsing = || {
            let prefix = self.metadata.national_prefix_for_parsing().map(|prefix| prefix.as_str());
            prefix.or_else(|| self.metadata.national_prefix())
        };
        self.national_prefix.get_or_init(|| compiled_at_start(for_parsing())).as_ref()
    }
}

/// Order in which kinds decide who answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// Not decisive on its own, but a number that does not match it is not valid.
    General,
    /// A service, even if another kind matches.
    Costly,
    /// A person, unless it is costly.
    Internet,
    /// A service, unless it is an internet line.
    Forwarded,
    /// A person, unless anything else matches.
    Ordinary,
}

/// Part of a country's metadata that describes one kind of number.
type Described = fn(&'static Metadata) -> Option<&'static Descriptor>;

/// Kinds of numbers, in the order of their bits.
const KINDS: [(Rank, Described); 11] = [
    (Rank::General, |metadata| Some(metadata.descriptors().general())),
    (Rank::Costly, |metadata| metadata.descriptors().premium_rate()),
    (Rank::Costly, |metadata| metadata.descriptors().toll_free()),
    (Rank::Costly, |metadata| metadata.descriptors().shared_cost()),
    (Rank::Internet, |metadata| metadata.descriptors().voip()),
    (Rank::Forwarded, |metadata| metadata.descriptors().personal_number()),
    (Rank::Forwarded, |metadata| metadata.descriptors().pager()),
    (Rank::Forwarded, |metadata| metadata.descriptors().uan()),
    (Rank::Forwarded, |metadata| metadata.descriptors().voicemail()),
    (Rank::Ordinary, |metadata| metadata.descriptors().fixed_line()),
    (Rank::Ordinary, |metadata| metadata.descriptors().mobile()),
];

/// Patterns for all kinds of a plan, in one automaton.
struct Lines {
    set: RegexSet,
    /// Bits of the kinds, and the lengths that they allow, for each pattern of the set.
    kinds: Vec<(u16, Lengths)>,
}

impl Lines {
    fn compile(metadata: &'static Metadata) -> Option<Self> {
        let mut patterns: Vec<String> = Vec::with_capacity(KINDS.len());
        let mut kinds: Vec<(u16, Lengths)> = Vec::with_capacity(KINDS.len());
        for (bit, (_, descriptor)) in KINDS.iter().enumerate() {
            let Some(descriptor) = descriptor(metadata) else { continue };
            let pattern = format!("^(?:{})$", descriptor.national_number().as_str());
            let lengths: Lengths = descriptor.possible_length().iter().collect();
            // If mobile numbers look like fixed ones, their pattern is written twice.
            let same = patterns
                .iter()
                .zip(&mut kinds)
                .find(|(other, (_, allowed))| **other == pattern && *allowed == lengths);
            if let Some((_, (bits, _))) = same {
                *bits |= 1 << bit;
            } else {
                patterns.push(pattern);
                kinds.push((1 << bit, lengths));
            }
        }
        // Digits are ASCII here. Unicode tables would make a pattern a hundred times as large.
        let set = RegexSetBuilder::new(patterns).ignore_whitespace(true).unicode(false).build().ok()?;
        Some(Self { set, kinds })
    }

    fn kinds_of(&self, national: &str) -> u16 {
        let matching = self.set.matches(national);
        let of_length =
            |(_, lengths): &&(u16, Lengths)| lengths.is_empty() || lengths.contain(national.len());
        let kinds = matching.iter().filter_map(|at| self.kinds.get(at)).filter(of_length);
        kinds.fold(0, |bits, (kind, _)| bits | kind)
    }

    fn classify(&self, national: &str) -> Line {
        let kinds = self.kinds_of(national);
        let has = |rank: Rank| {
            KINDS.iter().enumerate().any(|(bit, (of, _))| *of == rank && kinds & (1 << bit) != 0)
        };
        if !has(Rank::General) {
            Line::Unknown
        } else if has(Rank::Costly) {
            Line::Service
        } else if has(Rank::Internet) {
            Line::Personal
        } else if has(Rank::Forwarded) {
            Line::Service
        } else if has(Rank::Ordinary) {
            Line::Personal
        } else {
            Line::Unknown
        }
    }
}

/// Set of lengths, one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Lengths(u32);

impl Lengths {
    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn contain(self, length: usize) -> bool {
        length < 32 && self.0 & (1 << length) != 0
    }

    fn shortest(self) -> Option<usize> {
        (0..32).find(|length| self.contain(*length))
    }

    fn longest(self) -> Option<usize> {
        (0..32).rev().find(|length| self.contain(*length))
    }
}

impl<'a> FromIterator<&'a u16> for Lengths {
    fn from_iter<I: IntoIterator<Item = &'a u16>>(lengths: I) -> Self {
        let small = lengths.into_iter().filter(|length| **length < 32);
        Self(small.fold(0, |bits, length| bits | 1 << length))
    }
}

/// Compiles a pattern that must match at the start. `None` if it is missing or cannot be compiled.
fn compiled_at_start(pattern: Option<&str>) -> Option<Regex> {
    let pattern = pattern.filter(|pattern| !pattern.is_empty())?;
    RegexBuilder::new(&format!("^(?:{pattern})")).ignore_whitespace(true).unicode(false).build().ok()
}
