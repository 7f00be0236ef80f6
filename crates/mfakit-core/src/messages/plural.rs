//! Plural forms of a language.

use std::{fmt, ops::RangeInclusive};

use crate::messages::message_id::MessageId;

/// Plural form of a counted text, named as in the CLDR. English has [`One`](Self::One) and
/// [`Other`](Self::Other), Polish `One`, `Few`, and `Many` for whole numbers, Arabic all of them.
///
/// <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html> lists the numbers for
/// each form. The set is closed: the CLDR has these six, so the enum is exhaustive.
///
/// ```
/// use mfakit_core::messages::PluralForm;
///
/// let names = PluralForm::ALL.map(PluralForm::name);
/// assert_eq!(names, ["zero", "one", "two", "few", "many", "other"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PluralForm {
    /// Form for zero, and in Latvian for ten to twenty.
    Zero,
    /// Form for one, and in many languages for 21.
    One,
    /// Form for two.
    Two,
    /// Form for a few.
    Few,
    /// Form for many.
    Many,
    /// Form for all other numbers.
    Other,
}

impl PluralForm {
    /// All forms.
    pub const ALL: [Self; 6] = [Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other];

    /// Returns the name in the CLDR and in the browser's `Intl.PluralRules`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for PluralForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Count in a text.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// Placeholder of the number.
    pub(crate) placeholder: &'static str,
    /// Range of possible numbers.
    pub(crate) counts: RangeInclusive<u64>,
    /// Text that is the form "one".
    pub(crate) one: Option<MessageId>,
    /// True if every form that these numbers take is needed. If false, the text stands for missing forms as long as all
    /// these numbers take one form, because an app only ever uses one of them.
    pub(crate) each: bool,
}

impl MessageId {
    /// Returns the text of which this one is the form "one".
    pub(crate) const fn counting_one(self) -> Option<Self> {
        match self {
            Self::Second => Some(Self::Seconds),
            Self::Minute => Some(Self::Minutes),
            Self::Hour => Some(Self::Hours),
            _ => None,
        }
    }

    /// Returns the count in the text, if there is one.
    pub(crate) fn counted(self) -> Option<Counted> {
        let span = |one| Some(Counted { placeholder: "count", counts: 1..=99, one: Some(one), each: true });
        let digits = Some(Counted { placeholder: "digits", counts: 6..=8, one: None, each: false });
        match self {
            Self::Seconds => span(Self::Second),
            Self::Minutes => span(Self::Minute),
            Self::Hours => span(Self::Hour),
            // The last attempt has its own text.
            Self::TriesLeft => Some(Counted { placeholder: "tries", counts: 2..=5, one: None, each: true }),
            Self::CodeHint | Self::Malformed => digits,
            _ => None,
        }
    }
}
