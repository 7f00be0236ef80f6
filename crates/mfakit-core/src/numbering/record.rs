//! Numbering plan as the table has it.

use crate::numbering::{Kind, Lengths};

/// Numbering plan of one country or territory, as written in the table. Patterns are not compiled.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// Calling code.
    pub(crate) code: u16,
    /// ISO 3166 code, or `001` for a calling code that belongs to no country.
    pub(crate) territory: &'a str,
    /// True for the plan in which a number of a shared calling code is looked up first.
    pub(crate) is_main: bool,
    /// Pattern of the prefix before a calling code, such as `00`.
    pub(crate) international_prefix: Option<&'a str>,
    /// Prefix that is dialed only within the country, as people write it.
    pub(crate) national_prefix: Option<&'a str>,
    /// Pattern that is removed from the start of a number. The default is the national prefix.
    pub(crate) prefix_for_parsing: Option<&'a str>,
    /// Replacement for what the pattern matches, if its last group takes part in the match.
    pub(crate) transform_rule: Option<&'a str>,
    /// Pattern of the digits that numbers of this plan begin with, among the plans of the calling code.
    pub(crate) leading_digits: Option<&'a str>,
    /// Patterns of the numbers of each kind.
    pub(crate) patterns: Vec<Pattern<'a>>,
    /// Lengths of numbers that are dialed within one area only, without its area code.
    pub(crate) local_lengths: Lengths,
}

/// Pattern of the national numbers of one or several kinds.
#[derive(Debug)]
pub(crate) struct Pattern<'a> {
    pub(crate) kinds: Vec<Kind>,
    /// `None` if the pattern alone decides the length.
    pub(crate) lengths: Option<Lengths>,
    pub(crate) regex: &'a str,
}
