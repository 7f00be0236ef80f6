//! Phone numbers in E.164 form.

use std::{borrow::Cow, fmt};

use crate::{
    phone::{lines::Line, plan::Length, plans::Parts},
    region::Region,
};

/// Phone number in E.164 form: a plus sign and 2 to 15 digits, the first of them not zero.
///
/// [`new`](Self::new) accepts exactly this form, and [`parse`](Self::parse) reads numbers as people write them and apps
/// store them. `Debug` and `Display` show the last two digits only [LOG-2], and [`as_e164`](Self::as_e164) returns the
/// whole number. `Deserialize` validates as `new` does. There is no `Serialize`, so a number does not reach a log by
/// accident. Serialize `as_e164` if you need the whole number.
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
    /// Returns the whole number, in the form that the provider needs.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// Returns the last two digits, which are all that pages and logs show.
    #[must_use]
    pub fn last_two(&self) -> &str {
        self.0.get(self.0.len() - 2..).unwrap_or_default()
    }

    /// Returns whether a person can be expected to answer, which is the case for fixed, mobile and internet (VoIP)
    /// lines, according to the metadata of libphonenumber. Premium, shared-cost, toll-free, personal and service
    /// numbers are not personal lines, nor is a number that the metadata does not know.
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

    /// Returns whether the number is that of a landline, which receives no text messages. In countries that give the same
    /// ranges to mobile lines, no number is.
    pub(crate) fn is_landline(&self) -> bool {
        self.parts().is_some_and(Parts::is_landline)
    }

    /// Returns the calling code if it is in use.
    pub(crate) fn calling_code(&self) -> Option<u16> {
        self.parts().map(|parts| parts.code)
    }

    /// Returns the spelling that limits are counted by. It is the same for all numbers that reach one phone, such as
    /// `+54 9 11 …` and `+54 11 …`.
    pub(crate) fn counted_as(&self) -> Cow<'_, str> {
        match self.parts().and_then(Parts::same_phone) {
            Some((code, national)) => Cow::Owned(format!("+{code}{national}")),
            None => Cow::Borrowed(&self.0),
        }
    }

    pub(super) fn well_formed(number: String) -> Option<Self> {
        let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
        let well_formed = (2..=15).contains(&digits.len())
            && digits.iter().all(u8::is_ascii_digit)
            && digits.first() != Some(&b'0');
        well_formed.then_some(Self(number))
    }

    pub(super) fn joined(code: u16, national: &str) -> Option<Self> {
        Self::well_formed(format!("+{code}{national}"))
    }

    pub(super) fn parts(&self) -> Option<Parts<'_>> {
        Parts::of(self.0.strip_prefix('+')?)
    }

    pub(super) fn is_known(&self) -> bool {
        self.origin().line != Line::Unknown
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
