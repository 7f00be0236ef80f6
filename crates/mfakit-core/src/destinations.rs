//! The numbers that codes may be sent to.

use crate::{
    channel::Channel,
    phone::{Line, Origin, PhoneNumber, calling_code, warm_up},
    region::Region,
};

/// Treatment of numbers that the metadata of libphonenumber does not know. Set by
/// [`unknown_numbers`](crate::engine::MfaBuilder::unknown_numbers).
///
/// The metadata lists the numbers that each country has assigned. Area codes that are opened later are unknown until
/// mfakit has been updated. A number that is not in use is unknown as well.
///
/// To be accepted, an unknown number must begin with the calling code of a country on the channel's list. It must have
/// a valid number of digits for that calling code, and the metadata must not list it as a service.
///
/// ```
/// use mfakit_core::{MfaBuilder, UnknownNumbers};
///
/// fn with_a_new_area_code(builder: MfaBuilder) -> MfaBuilder {
///     builder.messaging_to(["US"]).unknown_numbers(UnknownNumbers::starting_with(["+1471"]))
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownNumbers {
    /// Unknown numbers are rejected.
    #[default]
    Reject,
    /// Unknown numbers are accepted if they begin with one of these prefixes, such as `+1471` for a new area
    /// code. Created by [`starting_with`](Self::starting_with).
    StartingWith(Vec<String>),
    /// All unknown numbers are accepted.
    ///
    /// Countries share calling codes. With `US` on a list, unknown numbers of the Caribbean are accepted as well,
    /// because they cannot be distinguished. Prefer [`StartingWith`](Self::StartingWith).
    Accept,
}

impl UnknownNumbers {
    /// Accepts unknown numbers that begin with one of these prefixes, each a plus sign and digits.
    #[must_use]
    pub fn starting_with<P: Into<String>>(prefixes: impl IntoIterator<Item = P>) -> Self {
        Self::StartingWith(prefixes.into_iter().map(Into::into).collect())
    }

    /// Returns the first prefix that matches nothing or too much. A valid prefix has a plus sign, the calling
    /// code of a listed country, and at least one more digit.
    fn mistake(&self, codes: &[u16]) -> Option<&str> {
        let Self::StartingWith(prefixes) = self else { return None };
        let fits = |prefix: &&String| {
            let digits = prefix.strip_prefix('+').unwrap_or_default();
            let longer =
                |code: &u16| digits.strip_prefix(&code.to_string()).is_some_and(|rest| !rest.is_empty());
            digits.bytes().all(|digit| digit.is_ascii_digit()) && codes.iter().any(longer)
        };
        prefixes.iter().find(|prefix| !fits(prefix)).map(String::as_str)
    }

    fn accepts(&self, number: &PhoneNumber) -> bool {
        match self {
            Self::Reject => false,
            Self::StartingWith(prefixes) => {
                prefixes.iter().any(|prefix| number.as_e164().starts_with(prefix))
            }
            Self::Accept => true,
        }
    }
}

/// Reason why no code is sent to a number [SEND-4]. It is logged and never shown to the user.
///
/// ```
/// use mfakit_core::{DestinationRejection, StartError};
///
/// fn is_abroad(error: &StartError) -> bool {
///     matches!(error, StartError::DestinationRejected(DestinationRejection::CountryNotListed))
/// }
/// assert_eq!(DestinationRejection::NotPersonal.as_str(), "not a personal line");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DestinationRejection {
    /// The metadata does not know the number, and [`UnknownNumbers`] does not accept it.
    UnknownNumber,
    /// The number belongs to a country that is not on the channel's list, or to none.
    CountryNotListed,
    /// The number is not a personal line: premium, toll-free, shared-cost or another service.
    NotPersonal,
}

impl DestinationRejection {
    /// Returns the text of the reason for the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownNumber => "number unknown to the metadata",
            Self::CountryNotListed => "country not listed",
            Self::NotPersonal => "not a personal line",
        }
    }
}

/// The destination of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// A country.
    Region(Region),
    /// An unknown country under a calling code, because the metadata does not know the number.
    CallingCode(u16),
}

impl std::fmt::Display for Area {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Region(region) => region.fmt(f),
            Self::CallingCode(code) => write!(f, "+{code}"),
        }
    }
}

/// Countries that each channel may reach, and the treatment of unknown numbers.
#[derive(Debug)]
pub(crate) struct Destinations {
    messaging: Listed,
    voice: Listed,
    unknown: UnknownNumbers,
}

/// Countries of one channel.
#[derive(Debug)]
struct Listed {
    regions: Vec<Region>,
    codes: Vec<u16>,
}

/// Verdict on one number, for each channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    messaging: Result<Area, DestinationRejection>,
    voice: Result<Area, DestinationRejection>,
}

impl Destinations {
    /// Compiles the patterns of the listed countries, so that no later call has to wait for them.
    ///
    /// # Errors
    ///
    /// Returns the first prefix of unknown numbers that matches nothing, or too much.
    pub(crate) fn new(
        messaging: Vec<Region>,
        voice: Vec<Region>,
        unknown: UnknownNumbers,
    ) -> Result<Self, String> {
        let (messaging, voice) = (Listed::new(messaging), Listed::new(voice));
        let mut codes = [messaging.codes.as_slice(), &voice.codes].concat();
        codes.sort_unstable();
        codes.dedup();
        if let Some(mistake) = unknown.mistake(&codes) {
            return Err(mistake.to_owned());
        }
        codes.into_iter().for_each(warm_up);
        Ok(Self { messaging, voice, unknown })
    }

    /// Returns whether any country is listed for the channel.
    pub(crate) const fn has_any(&self, channel: Channel) -> bool {
        !self.of(channel).regions.is_empty()
    }

    /// Returns the first country of the lists.
    pub(crate) fn first_region(&self) -> Option<Region> {
        self.messaging.regions.first().or(self.voice.regions.first()).copied()
    }

    /// Returns the country of the lists, if there is only one.
    pub(crate) fn only_region(&self) -> Option<Region> {
        let first = self.first_region()?;
        let mut all = self.messaging.regions.iter().chain(&self.voice.regions);
        all.all(|region| *region == first).then_some(first)
    }

    /// Returns the countries of a channel, in the order of the app's list.
    #[cfg(feature = "metrics")]
    pub(crate) fn regions(&self, channel: Channel) -> &[Region] {
        &self.of(channel).regions
    }

    /// Judges a number once for all channels.
    pub(crate) fn reach(&self, number: &PhoneNumber) -> Reach {
        let code = number.calling_code();
        // A number under none of the listed calling codes is not looked up, so its plan is never compiled
        // here.
        let is_near = |listed: &Listed| code.is_some_and(|code| listed.codes.contains(&code));
        if !is_near(&self.messaging) && !is_near(&self.voice) {
            let rejection =
                code.map_or(DestinationRejection::UnknownNumber, |_| DestinationRejection::CountryNotListed);
            return Reach { messaging: Err(rejection), voice: Err(rejection) };
        }
        let origin = number.origin();
        let judge = |listed: &Listed| {
            if !is_near(listed) {
                return Err(DestinationRejection::CountryNotListed);
            }
            self.judge(number, code, origin, listed)
        };
        Reach { messaging: judge(&self.messaging), voice: judge(&self.voice) }
    }

    fn judge(
        &self,
        number: &PhoneNumber,
        code: Option<u16>,
        origin: Origin,
        listed: &Listed,
    ) -> Result<Area, DestinationRejection> {
        let is_listed = origin.region.is_none_or(|region| listed.regions.contains(&region));
        match (origin.line, origin.region) {
            (Line::Personal, _) if !is_listed => {
                let shares = |region: &&Region| number.is_personal_line_in(**region);
                let sharing = listed.regions.iter().find(shares).map(|region| Area::Region(*region));
                sharing.ok_or(DestinationRejection::CountryNotListed)
            }
            _ if !is_listed => Err(DestinationRejection::CountryNotListed),
            (Line::Unknown, region) => {
                let area = region.map(Area::Region).or(code.map(Area::CallingCode));
                let accepted = area.filter(|_| origin.is_possible && self.unknown.accepts(number));
                accepted.ok_or(DestinationRejection::UnknownNumber)
            }
            (Line::Service, _) => Err(DestinationRejection::NotPersonal),
            (Line::Personal, None) => Err(DestinationRejection::CountryNotListed),
            (Line::Personal, Some(region)) => Ok(Area::Region(region)),
        }
    }

    const fn of(&self, channel: Channel) -> &Listed {
        match channel {
            Channel::Messaging => &self.messaging,
            Channel::Voice => &self.voice,
        }
    }
}

impl Listed {
    fn new(regions: Vec<Region>) -> Self {
        let codes = regions.iter().filter_map(|region| calling_code(*region)).collect();
        Self { regions, codes }
    }
}

impl Reach {
    /// Returns the area that a code goes to by this channel.
    pub(crate) const fn by(&self, channel: Channel) -> Result<Area, DestinationRejection> {
        match channel {
            Channel::Messaging => self.messaging,
            Channel::Voice => self.voice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(countries: &[&str], unknown: UnknownNumbers) -> Destinations {
        let regions = countries.iter().map(|code| code.parse().unwrap()).collect();
        Destinations::new(regions, Vec::new(), unknown).unwrap()
    }

    fn messaging(destinations: &Destinations, number: &str) -> Result<String, DestinationRejection> {
        let reach = destinations.reach(&PhoneNumber::new(number).unwrap());
        reach.by(Channel::Messaging).map(|area| area.to_string())
    }

    #[test]
    fn the_reason_tells_unknown_numbers_from_unlisted_countries_and_services() {
        use DestinationRejection::{CountryNotListed, NotPersonal, UnknownNumber};
        let destinations = to(&["US", "GB"], UnknownNumbers::Reject);
        for (what, number, expected) in [
            ("a listed country", "+12025550123", Ok("US")),
            ("a new area code of a listed calling code", "+14715550123", Err(UnknownNumber)),
            ("an unassigned number of a listed country", "+447700900123", Err(UnknownNumber)),
            (
                "an area code whose country is known, but not the number",
                "+12680000000",
                Err(CountryNotListed),
            ),
            ("another country of a listed calling code", "+18765551234", Err(CountryNotListed)),
            ("a territory of a listed country", "+17875551234", Err(CountryNotListed)),
            ("a country of another calling code", "+33612345678", Err(CountryNotListed)),
            ("a calling code of no country", "+881612345678", Err(CountryNotListed)),
            ("a calling code that is not in use", "+999123456", Err(UnknownNumber)),
            ("a premium number", "+19005551234", Err(NotPersonal)),
            ("a personal number", "+447011234567", Err(NotPersonal)),
        ] {
            assert_eq!(messaging(&destinations, number), expected.map(str::to_owned), "{what}");
        }
    }

    #[test]
    fn a_range_that_countries_share_is_reached_by_the_list_of_each() {
        let italian = "+393123456789";
        for country in ["IT", "VA"] {
            assert_eq!(messaging(&to(&[country], UnknownNumbers::Reject), italian), Ok(country.to_owned()));
        }
        let san_marino = to(&["SM"], UnknownNumbers::Reject);
        assert_eq!(messaging(&san_marino, italian), Err(DestinationRejection::CountryNotListed));
    }

    #[test]
    fn a_channel_without_a_list_reaches_nothing() {
        let destinations = to(&["US"], UnknownNumbers::Accept);
        let reach = destinations.reach(&PhoneNumber::new("+12025550123").unwrap());
        assert_eq!(reach.by(Channel::Voice), Err(DestinationRejection::CountryNotListed));
        assert!(destinations.has_any(Channel::Messaging) && !destinations.has_any(Channel::Voice));
    }

    #[test]
    fn an_app_can_accept_numbers_that_the_metadata_does_not_know() {
        let some = UnknownNumbers::starting_with(["+1471", "+1457"]);
        for (what, number, by_prefix, by_all) in [
            ("a new area code that is named", "+14715550123", true, true),
            ("one that is not", "+16245550123", false, true),
            ("too many digits", "+147155501234", false, false),
            ("too few", "+1471555012", false, false),
            ("a premium number", "+19005551234", false, false),
            ("a known country that is not listed", "+18765551234", false, false),
            ("an unknown number of a known country that is not listed", "+12680000000", false, false),
            ("another calling code", "+447700900123", false, false),
        ] {
            assert_eq!(messaging(&to(&["US"], some.clone()), number).is_ok(), by_prefix, "{what}");
            assert_eq!(messaging(&to(&["US"], UnknownNumbers::Accept), number).is_ok(), by_all, "{what}");
        }
        let accepted = messaging(&to(&["US"], some), "+14715550123");
        assert_eq!(accepted.as_deref(), Ok("+1"), "the country of an unknown number is not known");
    }

    #[test]
    fn a_prefix_that_opens_nothing_or_a_whole_calling_code_is_a_mistake() {
        for prefix in ["", "+", "1471", "+1", "+44", "+14 71", "+471", "471"] {
            let regions = vec!["US".parse().unwrap()];
            let built = Destinations::new(regions, Vec::new(), UnknownNumbers::starting_with([prefix]));
            assert_eq!(built.err().as_deref(), Some(prefix));
        }
    }
}
