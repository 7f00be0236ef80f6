//! Plural rules of a language.

use std::{collections::BTreeSet, ops::RangeInclusive};

use icu_locale::{LanguageIdentifier, Locale, subtags::Variants};
use icu_plurals::{PluralCategory, PluralRules};

use crate::messages::plural::PluralForm;

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
pub(crate) struct Plurals(Option<PluralRules>);

impl Plurals {
    pub(crate) fn of(language: &LanguageIdentifier) -> Self {
        // The script does not affect plurals, and the data would not be found with one.
        let LanguageIdentifier { language, region, .. } = *language;
        let locale =
            Locale::from(LanguageIdentifier { language, region, script: None, variants: Variants::new() });
        Self(PluralRules::try_new_cardinal((&locale).into()).ok())
    }

    /// Returns the rules of an unknown language.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// Returns the form for a number.
    pub(crate) fn form(&self, count: u64) -> PluralForm {
        self.0.as_ref().map_or(PluralForm::Other, |rules| form_of(rules.category_for(count)))
    }

    /// Returns the forms that these numbers take.
    pub(crate) fn forms(&self, counts: RangeInclusive<u64>) -> BTreeSet<PluralForm> {
        counts.map(|count| self.form(count)).collect()
    }

    /// Returns whether the language has this form, including for fractions.
    pub(crate) fn has(&self, form: PluralForm) -> bool {
        form == PluralForm::Other
            || self.0.as_ref().is_some_and(|rules| rules.categories().any(|one| form_of(one) == form))
    }

    /// Returns whether all numbers take one form, or the language is unknown.
    pub(crate) fn are_one(&self) -> bool {
        self.0.as_ref().is_none_or(|rules| rules.categories().count() == 1)
    }
}
