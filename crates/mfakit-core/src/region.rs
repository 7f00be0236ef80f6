//! Countries and territories that phone numbers belong to.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::numbering;

/// Territories that an app for the country usually wants to reach as well.
const TERRITORIES: [(&str, &[&str]); 9] = [
    ("AU", &["CC", "CX", "NF"]),
    ("DK", &["FO", "GL"]),
    ("FI", &["AX"]),
    ("FR", &["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"]),
    ("GB", &["GG", "IM", "JE"]),
    ("NL", &["AW", "BQ", "CW", "SX"]),
    ("NO", &["SJ"]),
    ("NZ", &["TK"]),
    ("US", &["AS", "GU", "MP", "PR", "VI"]),
];

/// Country or territory, by its ISO 3166 code: `US`, `CA`, `JM`.
///
/// A region is narrower than a calling code: the United States, Canada and Jamaica share `+1`. It is also narrower than
/// a state: Puerto Rico is `PR` and not part of `US`, and Jersey is `JE` and not part of `GB`.
/// [`with_territories`](Self::with_territories) lists them together.
///
/// ```
/// use mfakit_core::{PhoneNumber, Region};
///
/// let canada: Region = "CA".parse()?;
/// assert_eq!(PhoneNumber::new("+14165551234")?.region(), Some(canada));
/// assert!("UK".parse::<Region>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 2]);

impl Region {
    /// Returns the two capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Lists a country and the territories that have their own code, for
    /// [`messaging_to`](crate::engine::MfaBuilder::messaging_to) and [`voice_to`](crate::engine::MfaBuilder::voice_to).
    ///
    /// | country | territories |
    /// |---|---|
    /// | `AU` | `CC` (Cocos Islands), `CX` (Christmas Island), `NF` (Norfolk Island) |
    /// | `DK` | `FO` (Faroe Islands), `GL` (Greenland) |
    /// | `FI` | `AX` (Åland) |
    /// | `FR` | `BL`, `GF`, `GP`, `MF`, `MQ`, `NC`, `PF`, `PM`, `RE`, `WF`, `YT` (overseas departments and collectivities) |
    /// | `GB` | `GG` (Guernsey), `IM` (Isle of Man), `JE` (Jersey) |
    /// | `NL` | `AW` (Aruba), `BQ` (Bonaire, Sint Eustatius, Saba), `CW` (Curaçao), `SX` (Sint Maarten) |
    /// | `NO` | `SJ` (Svalbard) |
    /// | `NZ` | `TK` (Tokelau) |
    /// | `US` | `AS` (American Samoa), `GU` (Guam), `MP` (Northern Mariana Islands), `PR` (Puerto Rico), `VI` (Virgin Islands) |
    ///
    /// Any other code is returned alone. That includes an invalid code, which
    /// [`build`](crate::engine::MfaBuilder::build) then rejects. The British overseas territories are not listed with
    /// `GB`: messages to some of them cost many times as much, which makes them a target for toll fraud. List those
    /// that you serve.
    ///
    /// ```
    /// use mfakit_core::Region;
    ///
    /// assert_eq!(Region::with_territories("GB"), ["GB", "GG", "IM", "JE"]);
    /// assert_eq!(Region::with_territories("CA"), ["CA"]);
    /// ```
    #[must_use]
    pub fn with_territories(country: &str) -> Vec<String> {
        let territories = TERRITORIES.iter().find(|(code, _)| *code == country);
        let territories = territories.map_or(&[] as &[&str], |(_, territories)| territories);
        [country].iter().chain(territories).map(|code| (*code).to_owned()).collect()
    }

    /// Reads a code without checking that it is in use. `None` if it is not two capital letters.
    pub(crate) fn from_id(id: &str) -> Option<Self> {
        let letters: [u8; 2] = id.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        let known = Self::from_id(code).filter(|region| numbering::has_territory(region.as_str()));
        known.ok_or_else(|| UnknownRegion { code: code.to_owned() })
    }
}

impl TryFrom<&str> for Region {
    type Error = UnknownRegion;

    fn try_from(code: &str) -> Result<Self, UnknownRegion> {
        code.parse()
    }
}

impl TryFrom<String> for Region {
    type Error = UnknownRegion;

    fn try_from(code: String) -> Result<Self, UnknownRegion> {
        code.parse()
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Error for a code that is not a region with its own phone numbers.
///
/// ```
/// use mfakit_core::Region;
///
/// let error = "UK".parse::<Region>().unwrap_err();
/// assert!(error.to_string().starts_with("\"UK\" is not a country with phone numbers"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error(
    "{code:?} is not a country with phone numbers: write its two-letter ISO 3166 code, such as \"US\" or \"GB\""
)]
pub struct UnknownRegion {
    /// Text that was given.
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_codes_in_capitals_are_regions() {
        for good in ["US", "CA", "GB", "DE", "JM", "XK"] {
            assert_eq!(good.parse::<Region>().unwrap().as_str(), good);
        }
        for bad in ["", "us", "UK", "USA", "+1", "1", "XX", "*", "ZZ", "001"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn every_territory_is_a_region_and_listed_once() {
        let mut listed: Vec<_> = TERRITORIES.iter().flat_map(|(_, territories)| *territories).collect();
        for code in TERRITORIES.iter().map(|(country, _)| country).chain(listed.iter().copied()) {
            assert!(code.parse::<Region>().is_ok(), "{code}");
        }
        listed.sort_unstable();
        let count = listed.len();
        listed.dedup();
        assert_eq!(listed.len(), count);
    }

    #[test]
    fn a_country_is_listed_with_its_territories_and_before_them() {
        assert_eq!(Region::with_territories("US"), ["US", "AS", "GU", "MP", "PR", "VI"]);
        assert_eq!(Region::with_territories("JM"), ["JM"]);
        // An invalid code is kept for the builder to reject.
        assert_eq!(Region::with_territories("UK"), ["UK"]);
    }
}
