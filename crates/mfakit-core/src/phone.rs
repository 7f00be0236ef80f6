//! A telephone number, and where in the world it is.

use std::{fmt, str::FromStr};

use phonenumber::{Type, metadata::DATABASE};

use crate::Region;

/// A telephone number in E.164 form: a plus sign and 2 to 15 digits, the first of them not zero.
///
/// `Debug` and `Display` show the last two digits only [LOG-2]; [`as_e164`](Self::as_e164) is the one way
/// to the whole number.
///
/// ```
/// use mfakit_core::PhoneNumber;
///
/// let number: PhoneNumber = "+19195551234".parse()?;
/// assert_eq!(number.to_string(), "•••34");
/// assert!("+1 (919) 555-1234".parse::<PhoneNumber>().is_err());
/// # Ok::<(), mfakit_core::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number in E.164 form.
    ///
    /// # Errors
    ///
    /// When it has any other form; nothing is guessed or stripped, so that the number at verify is the
    /// number at send [PROV-8].
    pub fn new(number: impl Into<String>) -> Result<Self, InvalidPhoneNumber> {
        let number = number.into();
        let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
        let well_formed = (2..=15).contains(&digits.len())
            && digits.iter().all(u8::is_ascii_digit)
            && digits.first() != Some(&b'0');
        if well_formed { Ok(Self(number)) } else { Err(InvalidPhoneNumber) }
    }

    /// The whole number, as the provider needs it.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The last two digits, all that a person or a log is shown of it.
    #[must_use]
    pub fn last_two(&self) -> &str {
        self.0.get(self.0.len() - 2..).unwrap_or_default()
    }

    /// Reads the metadata, so that no later call has to wait for it.
    pub(crate) fn warm_up() {
        let _: Option<Region> = Self("+12015550123".to_owned()).region();
    }

    /// Whether a person may be expected to answer there: a fixed, mobile or internet line, by the metadata of
    /// libphonenumber. Not a premium, shared-cost, toll-free, personal or service number, nor one of no kind.
    #[must_use]
    pub fn is_personal_line(&self) -> bool {
        let kind = phonenumber::parse(None, &self.0).map(|number| number.number_type(&DATABASE));
        matches!(kind, Ok(Type::FixedLine | Type::Mobile | Type::FixedLineOrMobile | Type::Voip))
    }

    /// The country that the number belongs to, as the metadata of libphonenumber has it. `None` for what belongs to no country (satellites, shared-cost services)
    /// or is no possible number.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        phonenumber::parse(None, &self.0).ok()?.country().id().and_then(Region::of)
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(number: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::new(number)
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

/// The text is no number in E.164 form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a phone number is written as in +19195551234: a plus sign, the country code and the digits, nothing else"
)]
pub struct InvalidPhoneNumber;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_is_a_number() {
        for good in ["+19195551234", "+49", "+123456789012345"] {
            assert_eq!(PhoneNumber::new(good).unwrap().as_e164(), good);
        }
        for bad in [
            "",
            "+",
            "+1",
            "19195551234",
            "+0919",
            "+1234567890123456",
            "+1 919",
            "+1-919",
            "tel:+1919",
            "+1９",
            "++1919",
            "+1919\n",
        ] {
            assert!(PhoneNumber::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_region_is_finer_than_the_country_code() {
        for (number, region) in [
            ("+19195551234", Some("US")),
            ("+14165550123", Some("CA")),
            ("+18765551234", Some("JM")),
            ("+18095551234", Some("DO")),
            ("+447400123456", Some("GB")),
            ("+447797123456", Some("JE")),
            ("+88161234567", None),
            ("+979123456789", None),
            ("+1919555", None),
            ("+999123", None),
        ] {
            let found = PhoneNumber::new(number).unwrap().region();
            assert_eq!(found.as_ref().map(Region::as_str), region, "{number}");
        }
    }

    #[test]
    fn a_line_that_earns_money_by_being_called_is_nobodys_own() {
        for (number, personal) in [
            ("+19195551234", true),
            ("+447400123456", true),
            ("+4915112345678", true),
            ("+19005551234", false),
            ("+18005551234", false),
            ("+15005550006", false),
            ("+447011234567", false),
            ("+979123456789", false),
            ("+88161234567", false),
        ] {
            assert_eq!(PhoneNumber::new(number).unwrap().is_personal_line(), personal, "{number}");
        }
    }

    #[test]
    fn neither_debug_nor_display_shows_the_number() {
        let number = PhoneNumber::new("+19195551234").unwrap();
        assert_eq!(format!("{number} {number:?}"), "•••34 PhoneNumber(•••34)");
    }
}
