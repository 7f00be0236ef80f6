//! Reasons why a number cannot be used.

use crate::{destinations::DestinationRejection, phone::InvalidPhoneNumber};

/// Reason why a number that a person entered cannot be used. It may be shown to the person, because the number is their
/// own input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberRejection {
    /// The text is not a phone number.
    #[error("the text is not a phone number: {0}")]
    Unreadable(InvalidPhoneNumber),
    /// The metadata does not know the number. It may have a digit too many or too few.
    #[error("the number is not known to be in use")]
    Unknown,
    /// The app sends no codes to the number's country.
    #[error("the app sends no codes to the country of the number")]
    CountryNotServed,
    /// The number belongs to a service: premium, toll-free, shared-cost or another.
    #[error("the number belongs to a service, not to a person")]
    Service,
    /// The number is that of a landline, and the app makes no voice calls to its country. Landlines receive no text
    /// messages.
    #[error("the number is that of a landline, which receives no text messages")]
    Landline,
}

impl NumberRejection {
    /// Returns the reason as it is written in JSON and logs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Unknown => "unknown",
            Self::CountryNotServed => "country-not-served",
            Self::Service => "service",
            Self::Landline => "landline",
        }
    }
}

impl From<DestinationRejection> for NumberRejection {
    fn from(rejection: DestinationRejection) -> Self {
        match rejection {
            DestinationRejection::UnknownNumber => Self::Unknown,
            DestinationRejection::CountryNotListed => Self::CountryNotServed,
            DestinationRejection::NotPersonal => Self::Service,
        }
    }
}
