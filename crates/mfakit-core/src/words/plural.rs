//! The forms that a language has for counted things.

use std::{collections::BTreeSet, fmt, ops::RangeInclusive};

use icu_locale::{LanguageIdentifier, Locale, subtags::Variants};
use icu_plurals::{PluralCategory, PluralRules};

use crate::Word;

/// Form of a counted text, as the CLDR calls it. English has [`One`](Self::One) and [`Other`](Self::Other), Polish
/// `One`, `Few`, and `Many` for whole numbers, Arabic all of them.
///
/// <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html> says which numbers take which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PluralForm {
    /// For nothing, and in Latvian for ten to twenty.
    Zero,
    /// For one, and in many languages for 21.
    One,
    /// For two.
    Two,
    /// For a few.
    Few,
    /// For many.
    Many,
    /// For all that have no form of their own.
    Other,
}

impl PluralForm {
    /// Every form there is.
    pub const ALL: [Self; 6] = [Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other];

    /// Its name in the CLDR, and in the browser's `Intl.PluralRules`.
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

impl From<PluralCategory> for PluralForm {
    fn from(category: PluralCategory) -> Self {
        match category {
            PluralCategory::Zero => Self::Zero,
            PluralCategory::One => Self::One,
            PluralCategory::Two => Self::Two,
            PluralCategory::Few => Self::Few,
            PluralCategory::Many => Self::Many,
            PluralCategory::Other => Self::Other,
        }
    }
}

/// What a language makes of numbers.
pub(super) struct Plurals(Option<PluralRules>);

impl Plurals {
    pub(super) fn of(language: &LanguageIdentifier) -> Self {
        // People count alike in every script, and the data would not be found by one.
        let LanguageIdentifier { language, region, .. } = *language;
        let locale =
            Locale::from(LanguageIdentifier { language, region, script: None, variants: Variants::new() });
        Self(PluralRules::try_new_cardinal((&locale).into()).ok())
    }

    /// Those of no language.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// The form for so many.
    pub(super) fn form(&self, count: u64) -> PluralForm {
        self.0.as_ref().map_or(PluralForm::Other, |rules| rules.category_for(count).into())
    }

    /// The forms that these numbers take.
    pub(super) fn forms(&self, counts: RangeInclusive<u64>) -> BTreeSet<PluralForm> {
        counts.map(|count| self.form(count)).collect()
    }

    /// Whether the language has this form at all, fractions included.
    pub(super) fn has(&self, form: PluralForm) -> bool {
        form == PluralForm::Other
            || self
                .0
                .as_ref()
                .is_some_and(|rules| rules.categories().any(|one| PluralForm::from(one) == form))
    }

    /// Whether all numbers take one form, or nothing is known of the language.
    pub(super) fn are_one(&self) -> bool {
        self.0.as_ref().is_none_or(|rules| rules.categories().count() == 1)
    }
}

/// What is counted in a text.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// What stands for the number.
    pub(crate) placeholder: &'static str,
    /// The numbers there may be.
    pub(crate) counts: RangeInclusive<u64>,
    /// The text that is the form "one".
    pub(crate) one: Option<Word>,
    /// Whether every form is needed that these numbers take. If not, the text stands for those that are not said, as
    /// long as all these numbers take one form: an app counts only one of them.
    pub(crate) each: bool,
}

impl Word {
    /// The text of which this one is the form "one".
    pub(crate) const fn counting_one(self) -> Option<Self> {
        match self {
            Self::Second => Some(Self::Seconds),
            Self::Minute => Some(Self::Minutes),
            Self::Hour => Some(Self::Hours),
            _ => None,
        }
    }

    /// What is counted in it, if anything.
    pub(crate) fn counted(self) -> Option<Counted> {
        let span = |one| Some(Counted { placeholder: "count", counts: 1..=99, one: Some(one), each: true });
        let digits = Some(Counted { placeholder: "digits", counts: 6..=8, one: None, each: false });
        match self {
            Self::Seconds => span(Self::Second),
            Self::Minutes => span(Self::Minute),
            Self::Hours => span(Self::Hour),
            // A text of its own says that it is the last.
            Self::TriesLeft => Some(Counted { placeholder: "tries", counts: 2..=5, one: None, each: true }),
            Self::CodeHint | Self::Malformed => digits,
            _ => None,
        }
    }
}
