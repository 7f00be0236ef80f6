//! Rules of languages: tags and their fallbacks, plural forms, digits, direction of writing.
//!
//! They have two forms with the same methods: `cldr` for all languages, and `english` if the feature `translations` is
//! off. Tests compare the two.

#[cfg(feature = "translations")]
mod cldr;
#[cfg(any(test, not(feature = "translations")))]
mod english;

#[cfg(feature = "translations")]
pub(crate) use cldr::{Plurals, Tag};
#[cfg(not(feature = "translations"))]
pub(crate) use english::{Plurals, Tag};
