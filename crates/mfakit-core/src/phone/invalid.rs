//! Error for a text that cannot be used as a phone number.

use std::{error::Error, fmt};

use crate::{box_error::BoxError, phone::PhoneNumber, region::UnknownRegion};

/// Error for a text that cannot be used as a phone number. The message states how to write the number.
///
/// Neither `Display` nor `Debug` shows the number [LOG-2].
///
/// A [`Directory`](crate::directory::Directory) may return it directly, boxed, or as the source of its own error. The
/// user then counts as having no number, and an [event](crate::event::EventKind::NumberUnreadable) gives the reason.
///
/// ```
/// use mfakit_core::PhoneNumber;
///
/// let error = PhoneNumber::new("+4402071838750").unwrap_err();
/// assert!(!error.to_string().contains("2071838750"));
/// assert_eq!(error.instead().map(PhoneNumber::as_e164), Some("+442071838750"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPhoneNumber(Flaw);

/// Problem with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The text is not in E.164 form, and only E.164 is accepted.
    NotE164,
    /// The number begins with a prefix that is dialed only within the country.
    NationalPrefix { code: u16, prefix: String, instead: PhoneNumber },
    /// The metadata writes the number differently.
    Rewritten { code: u16, instead: PhoneNumber },
    /// One prefix that is dialed only within the country seems to be followed by another.
    TwoPrefixes { code: u16 },
    /// The text is far longer than any number.
    LongText,
    /// There are no digits.
    Empty,
    /// The text contains a letter, whether or not it stands for a digit.
    Letters,
    /// A character is neither a digit nor punctuation of phone numbers.
    Symbol,
    /// The text has an extension. Codes cannot be sent to extensions.
    Extension,
    /// The number does not begin with a calling code that is in use.
    NoCallingCode,
    /// The number has too few digits.
    TooShort { code: u16 },
    /// The number lacks its area code.
    Local { code: u16 },
    /// The number has too many digits.
    TooLong { code: u16 },
    /// No number of the calling code has that many digits.
    Length { code: u16 },
    /// The default region is not a region.
    Region(UnknownRegion),
}

impl InvalidPhoneNumber {
    pub(super) const fn new(flaw: Flaw) -> Self {
        Self(flaw)
    }

    /// Returns the number in E.164 form if the text is unambiguous: `+442071838750` for `+4402071838750`.
    #[must_use]
    pub const fn instead(&self) -> Option<&PhoneNumber> {
        match &self.0 {
            Flaw::NationalPrefix { instead, .. } | Flaw::Rewritten { instead, .. } => Some(instead),
            _ => None,
        }
    }

    /// Returns whether the error is, or is caused by, an invalid phone number. A mistake in the code around
    /// the number, such as an unknown default region, does not count.
    pub(crate) fn is_behind(error: &BoxError) -> bool {
        let mut next: Option<&(dyn Error + 'static)> = Some(&**error);
        while let Some(error) = next {
            if error.is::<Expected>() || error.downcast_ref().is_some_and(Self::is_in_the_text) {
                return true;
            }
            // An `io::Error` is transparent: its source is that of the error inside.
            let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            next = match inside {
                Some(inside) => Some(inside as &(dyn Error + 'static)),
                None => error.source(),
            };
        }
        false
    }

    const fn is_in_the_text(&self) -> bool {
        !matches!(self.0, Flaw::Region(_))
    }
}

impl fmt::Display for InvalidPhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Flaw::NotE164 => f.write_str(
                "the phone number is not in E.164 form: write it as in +19195551234, or read it with PhoneNumber::parse",
            ),
            Flaw::NationalPrefix { code, prefix, .. } => write!(
                f,
                "the {prefix} after +{code} is dialed only within the country: remove it, or read the phone \
                 number with PhoneNumber::parse"
            ),
            Flaw::Rewritten { code, .. } => write!(
                f,
                "the digits after +{code} are dialed only within the country: read the phone number with \
                 PhoneNumber::parse, which returns the international form"
            ),
            Flaw::TwoPrefixes { code } => write!(
                f,
                "the digits after +{code} begin with a prefix that is dialed only within the country: write the phone \
                 number without it, as it is dialed from abroad"
            ),
            Flaw::LongText => f.write_str("the text is too long for a phone number: write one number only"),
            Flaw::Empty => f.write_str("the phone number has no digits"),
            Flaw::Letters => f.write_str("the phone number contains letters: write only digits"),
            Flaw::Symbol => f.write_str(
                "the phone number contains a character that does not belong in a phone number: remove it",
            ),
            Flaw::Extension => {
                f.write_str("the phone number has an extension, which codes cannot be sent to: remove it")
            }
            Flaw::NoCallingCode => {
                f.write_str("the phone number does not begin with a calling code that is in use")
            }
            Flaw::TooShort { code } => write!(f, "the phone number has too few digits for +{code}"),
            Flaw::Local { code } => {
                write!(f, "the phone number of +{code} lacks its area code: add it in front")
            }
            Flaw::TooLong { code } => write!(f, "the phone number has too many digits for +{code}"),
            Flaw::Length { code } => write!(f, "no phone number of +{code} has that many digits"),
            // A text with digits may be the number itself, in the place of the region.
            Flaw::Region(UnknownRegion { code }) if !code.contains(char::is_numeric) => write!(
                f,
                "the default region {code:?} is not the ISO 3166 code of a country with phone numbers, such as \"GB\""
            ),
            Flaw::Region(_) => f.write_str(
                "the default region is not the ISO 3166 code of a country with phone numbers, such as \"GB\"",
            ),
        }
    }
}

impl Error for InvalidPhoneNumber {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Flaw::Region(unknown) => Some(unknown),
            _ => Some(&Expected),
        }
    }
}

/// Cause of every [`InvalidPhoneNumber`] that is due to the text. Wrappers such as `anyhow` hide the type of
/// the error that they hold, but not its source.
#[derive(Debug)]
struct Expected;

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a plus sign, the calling code and the national number (ITU-T E.164)")
    }
}

impl Error for Expected {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum AppError {
        #[error("the number on file is wrong")]
        Number(#[from] InvalidPhoneNumber),
        #[error(transparent)]
        Other(#[from] BoxError),
    }

    fn unreadable() -> InvalidPhoneNumber {
        PhoneNumber::new("+4402071838750").unwrap_err()
    }

    #[test]
    fn an_unreadable_number_is_found_behind_what_an_app_wraps_it_in() {
        let wrapped: [(&str, BoxError); 6] = [
            ("nothing", unreadable().into()),
            ("an error of the app's own", AppError::from(unreadable()).into()),
            ("a transparent one", AppError::from(BoxError::from(unreadable())).into()),
            ("an io::Error", std::io::Error::other(unreadable()).into()),
            ("two io::Errors", std::io::Error::other(std::io::Error::other(unreadable())).into()),
            ("an io::Error around an error", std::io::Error::other(AppError::from(unreadable())).into()),
        ];
        for (what, error) in wrapped {
            assert!(InvalidPhoneNumber::is_behind(&error), "{what}");
        }
        let region = PhoneNumber::parse("(202) 555-0123", "UK").unwrap_err();
        assert!(!InvalidPhoneNumber::is_behind(&region.into()), "a wrong region is not a number");
        assert!(!InvalidPhoneNumber::is_behind(&std::io::Error::other("the database is away").into()));
    }

    #[test]
    fn a_wrapper_that_hides_the_type_leaves_the_source() {
        let hidden: BoxError = anyhow::Error::from(unreadable()).into();
        assert!(!hidden.is::<InvalidPhoneNumber>() && InvalidPhoneNumber::is_behind(&hidden));
    }

    #[test]
    fn neither_message_nor_debug_shows_the_number() {
        for text in ["+4402071838750", "+5215512345678", "+54111587654321", "2071838750 x12", "207CALLNOW"] {
            let error = PhoneNumber::parse(text, "GB").and_then(|_| PhoneNumber::new(text)).unwrap_err();
            let shown = format!("{error} {error:?} {}", error.source().unwrap());
            assert!(
                !shown.contains("20718") && !shown.contains("5512") && !shown.contains("8765"),
                "{shown}"
            );
        }
    }
}
