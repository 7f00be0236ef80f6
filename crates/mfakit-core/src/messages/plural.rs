//! Plural forms of a language.

use std::{collections::BTreeSet, fmt, ops::RangeInclusive};

use icu_locale::{LanguageIdentifier, Locale, subtags::Variants};
use icu_plurals::{PluralCategory, PluralRules};

use crate::messages::MessageId;

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

/// Returns the form for a category of the rules.
const fn form_of(category: PluralCategory) -> PluralForm {
    match category {
        PluralCategory::Zero => PluralForm::Zero,
        PluralCategory::One => PluralForm::One,
        PluralCategory::Two => PluralForm::Two,
        PluralCategory::Few => PluralForm::Few,
        PluralCategory::Many => PluralForm::Many,
        PluralCategory::Other => PluralForm::Other,
    }
}

/// Plural rules of a language.
pub(super) struct Plurals(Option<PluralRules>);

impl Plurals {
    pub(super) fn of(language: &LanguageIdentifier) -> Self {
        // The script does not affect plurals, and the data would not be found with one.
        let LanguageIdentifier { language, region, .. } = *language;
        let locale =
            Locale::from(LanguageIdentifier { language, region, script: None, variants: Variants::new() });
        Self(PluralRules::try_new_cardinal((&locale).into()).ok())
    }

    /// Returns the rules of an unknown language.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Returns the form for a number.
    pub(super) fn form(&self, count: u64) -> PluralForm {
        self.0.as_ref().map_or(PluralForm::Other, |rules| form_of(rules.category_for(count)))
    }

    /// Returns the forms that these numbers take.
    pub(super) fn forms(&self, counts: RangeInclusive<u64>) -> BTreeSet<PluralForm> {
        counts.map(|count| self.form(count)).collect()
    }

    /// Returns whether the language has this form, including for fractions.
    pub(super) fn has(&self, form: PluralForm) -> bool {
        form == PluralForm::Other
            || self.0.as_ref().is_some_and(|rules| rules.categories().any(|one| form_of(one) == form))
    }

    /// Returns whether all numbers take one form, or the language is unknown.
    pub(super) fn are_one(&self) -> bool {
        self.0.as_ref().is_none_or(|rules| rules.categories().count() == 1)
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
