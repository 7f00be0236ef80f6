//! Patterns that determine who answers a number.

use regex_lite::Regex;

use crate::numbering::{Kind, Lengths, Pattern};

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

/// Kinds that decide who answers. A number that is of several kinds is decided by the first row, in the order of
/// libphonenumber.
const DECISIVE: [(&[Kind], Line); 4] = [
    (&[Kind::Premium, Kind::TollFree, Kind::SharedCost], Line::Service),
    (&[Kind::Voip], Line::Personal),
    (&[Kind::Personal, Kind::Pager, Kind::Uan, Kind::Voicemail], Line::Service),
    (&[Kind::Fixed, Kind::Mobile], Line::Personal),
];

/// Compiled patterns of a plan.
pub(super) struct Lines(Vec<Compiled>);

struct Compiled {
    kinds: &'static [Kind],
    /// `None` if the pattern alone decides the length.
    lengths: Option<Lengths>,
    regex: Regex,
}

impl Lines {
    /// Compiles all patterns. `None` if one of them cannot be compiled.
    pub(super) fn compile(patterns: &'static [Pattern<'static>]) -> Option<Self> {
        let compiled = |pattern: &'static Pattern<'static>| {
            let regex = Regex::new(&format!("^(?:{})$", pattern.regex)).ok()?;
            Some(Compiled { kinds: &pattern.kinds, lengths: pattern.lengths, regex })
        };
        patterns.iter().map(compiled).collect::<Option<_>>().map(Self)
    }

    /// Returns who answers a national number.
    pub(super) fn classify(&self, national: &str) -> Line {
        if !self.are_general(national) {
            return Line::Unknown;
        }
        let decisive = DECISIVE.iter().find(|(kinds, _)| self.include(kinds, national));
        decisive.map_or(Line::Unknown, |(_, line)| *line)
    }

    /// Returns whether a national number is that of a landline, and may not be that of a mobile phone or an internet line.
    pub(super) fn are_landlines(&self, national: &str) -> bool {
        self.include(&[Kind::Fixed], national) && !self.include(&[Kind::Mobile, Kind::Voip], national)
    }

    /// Returns whether a national number matches the most general pattern.
    pub(super) fn are_general(&self, national: &str) -> bool {
        self.include(&[Kind::General], national)
    }

    /// Returns whether a national number is of one of these kinds.
    fn include(&self, kinds: &[Kind], national: &str) -> bool {
        let of_kind = |compiled: &&Compiled| compiled.kinds.iter().any(|kind| kinds.contains(kind));
        self.0.iter().filter(of_kind).any(|compiled| {
            compiled.lengths.is_none_or(|lengths| lengths.contain(national.len()))
                && compiled.regex.is_match(national)
        })
    }
}
