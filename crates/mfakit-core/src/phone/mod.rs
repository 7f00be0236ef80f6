//! Phone numbers, the kinds of their lines, and their countries.

mod invalid;
mod parse;
mod plan;
mod plans;
#[cfg(test)]
mod tests;

pub use invalid::InvalidPhoneNumber;
pub(crate) use plan::Line;
pub(crate) use plans::{calling_code, warm_up};

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::{
    phone::{invalid::Flaw, plan::Length, plans::Parts},
    region::Region,
};

/// Phone number in E.164 form: a plus sign and 2 to 15 digits, the first of them not zero.
///
/// [`new`](Self::new) accepts exactly this form, and [`parse`](Self::parse) reads numbers as people write them and apps
/// store them. `Debug` and `Display` show the last two digits only [LOG-2], and [`as_e164`](Self::as_e164) returns
/// the whole number. `Deserialize` validates as `new` does. There is no `Serialize`, so a number reaches no log by
/// accident: serialize `as_e164` where the whole number is meant.
///
/// ```
/// use mfakit_core::PhoneNumber;
///
/// let number: PhoneNumber = "+19195551234".parse()?;
/// assert_eq!(number.to_string(), "•••34");
/// assert!("+1 (919) 555-1234".parse::<PhoneNumber>().is_err());
/// assert_eq!(PhoneNumber::parse("(919) 555-1234", "US")?, number);
/// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

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

    /// Returns the whole number, as the provider needs it.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// Returns the last two digits, which are all that pages and logs show.
    #[must_use]
    pub fn last_two(&self) -> &str {
        self.0.get(self.0.len() - 2..).unwrap_or_default()
    }

    /// Returns whether a person can be expected to answer: a fixed, mobile or internet line, according to the
    /// metadata of libphonenumber. Premium, shared-cost, toll-free, personal and service numbers are not
    /// personal lines, nor is a number that the metadata does not know.
    #[must_use]
    pub fn is_personal_line(&self) -> bool {
        self.origin().line == Line::Personal
    }

    /// Returns the country that the number belongs to, according to the metadata of libphonenumber. `None` if
    /// the number belongs to no country, such as that of a satellite phone, or if the metadata does not know
    /// it.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.origin().region
    }

    /// Returns the country and the kind of line in one lookup.
    pub(crate) fn origin(&self) -> Origin {
        let Some(parts) = self.parts() else { return Origin::NOWHERE };
        let (region, line) = parts.line();
        Origin { region, line, is_possible: parts.length() == Length::Possible }
    }

    /// Returns whether the number may be a personal line in `region`. Several countries may share a range, as
    /// Italy and the Vatican do, and [`region`](Self::region) names only one of them.
    pub(crate) fn is_personal_line_in(&self, region: Region) -> bool {
        self.parts().is_some_and(|parts| parts.is_personal_in(region))
    }

    /// Returns the calling code if it is in use.
    pub(crate) fn calling_code(&self) -> Option<u16> {
        self.parts().map(|parts| parts.code)
    }

    /// Returns the spelling that limits are counted by. All numbers that reach one phone, such as `+54 9 11
    /// …` and `+54 11 …`, have the same.
    pub(crate) fn counted_as(&self) -> Cow<'_, str> {
        match self.parts().and_then(Parts::same_phone) {
            Some((code, national)) => Cow::Owned(format!("+{code}{national}")),
            None => Cow::Borrowed(&self.0),
        }
    }

    fn well_formed(number: String) -> Option<Self> {
        let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
        let well_formed = (2..=15).contains(&digits.len())
            && digits.iter().all(u8::is_ascii_digit)
            && digits.first() != Some(&b'0');
        well_formed.then_some(Self(number))
    }

    fn joined(code: u16, national: &str) -> Option<Self> {
        Self::well_formed(format!("+{code}{national}"))
    }

    fn parts(&self) -> Option<Parts<'_>> {
        Parts::of(self.0.strip_prefix('+')?)
    }

    fn is_known(&self) -> bool {
        self.origin().line != Line::Unknown
    }

    /// Returns the problem with a number that the metadata writes differently.
    fn other_spelling(&self) -> Option<Flaw> {
        let parts = self.parts()?;
        let (code, national) = (parts.code, parts.rewritten()?);
        let instead = Self::joined(code, &national)?;
        Some(match parts.national.strip_suffix(&national) {
            Some(prefix) => Flaw::NationalPrefix { code, prefix: prefix.to_owned(), instead },
            None => Flaw::Rewritten { code, instead },
        })
    }
}

/// Country of a number, and the kind of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Country, if there is one.
    pub(crate) region: Option<Region>,
    /// Kind of the line.
    pub(crate) line: Line,
    /// True if numbers of the calling code may have this many digits.
    pub(crate) is_possible: bool,
}

impl Origin {
    const NOWHERE: Self = Self { region: None, line: Line::Unknown, is_possible: false };
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

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "•••{}", self.last_two())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}
