//! Parser for phone numbers in E.164 form.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::phone::{
    invalid::{Flaw, InvalidPhoneNumber},
    number::PhoneNumber,
};

impl PhoneNumber {
    /// Reads a number in E.164 form.
    ///
    /// ```
    /// use mfakit_core::PhoneNumber;
    ///
    /// let error = PhoneNumber::new("+4402071838750").unwrap_err();
    /// assert!(error.to_string().starts_with("the 0 after +44 is dialed only within the country"));
    /// assert_eq!(error.instead().unwrap().as_e164(), "+442071838750");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`InvalidPhoneNumber`] if the number has any other form, or if it holds a prefix that is
    /// dialed only within its country. Otherwise one phone could have several numbers, each with its own
    /// limits. Nothing is guessed or stripped, so the number at verify is the number at send [PROV-8].
    pub fn new(number: impl Into<String>) -> Result<Self, InvalidPhoneNumber> {
        let number = Self::well_formed(number.into()).ok_or(InvalidPhoneNumber::new(Flaw::NotE164))?;
        match number.other_spelling() {
            Some(flaw) => Err(InvalidPhoneNumber::new(flaw)),
            None => Ok(number),
        }
    }

    /// Returns the problem with a number that the metadata writes differently.
    pub(super) fn other_spelling(&self) -> Option<Flaw> {
        let parts = self.parts()?;
        let (code, national) = (parts.code, parts.rewritten()?);
        let instead = Self::joined(code, &national)?;
        Some(match parts.national.strip_suffix(&national) {
            Some(prefix) => Flaw::NationalPrefix { code, prefix: prefix.to_owned(), instead },
            None => Flaw::Rewritten { code, instead },
        })
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(number: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::new(number)
    }
}

impl TryFrom<&str> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(number: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::new(number)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(number: String) -> Result<Self, InvalidPhoneNumber> {
        Self::new(number)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // JSON's own error for a number would quote it, so the visitor rejects numbers itself.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Text)
        } else {
            deserializer.deserialize_str(Text)
        }
    }
}

/// Visitor of a text. Its error for a number does not contain the number [LOG-2].
struct Text;

impl Visitor<'_> for Text {
    type Value = PhoneNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a phone number in E.164 form, as text")
    }

    fn visit_str<E: Error>(self, number: &str) -> Result<PhoneNumber, E> {
        PhoneNumber::new(number).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<PhoneNumber, E> {
        Err(E::custom("the phone number must be a text"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<PhoneNumber, E> {
        Err(E::custom("the phone number must be a text"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<PhoneNumber, E> {
        Err(E::custom("the phone number must be a text"))
    }
}
