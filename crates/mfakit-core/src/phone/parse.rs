//! Parses phone numbers as people write them and apps store them.

use crate::{
    digit::{decimal_digit, is_ignored},
    phone::{
        InvalidPhoneNumber, PhoneNumber,
        invalid::Flaw,
        lines::Line,
        plan::{Length, Plan},
        plans::{self, Parts},
    },
    region::Region,
};

/// Prefixes before a calling code that are commonly written even outside the countries where they are dialed.
const COMMON_INTERNATIONAL_PREFIXES: [&str; 2] = ["00", "011"];

/// Maximum length of a text that is read, in bytes.
const MOST_BYTES: usize = 256;

/// Punctuation that may occur between the digits of a number, besides spaces and dashes.
const PUNCTUATION: &str = ".()[]/~·•．（）［］／～⁓∼〜";

impl PhoneNumber {
    /// Reads a number as people write it and apps store it, and returns it in E.164 form.
    ///
    /// `default_region` is the country that a number without a calling code belongs to, by its ISO 3166 code. These
    /// are all `+12025550123` for `"US"`:
    ///
    /// | text | |
    /// |---|---|
    /// | `(202) 555-0123`, `202.555.0123` | the national number |
    /// | `1 202 555 0123` | with the national prefix |
    /// | `+1 202-555-0123`, `＋1 ２０２…` | with the calling code, in the decimal digits of any script |
    /// | `011 1 202 555 0123`, `00 1 202 555 0123` | with an international prefix |
    /// | `tel:+1-202-555-0123`, `tel:202-555-0123;phone-context=+1` | as a link (RFC 3966) |
    ///
    /// The zero in `+44 (0)20 7183 8750`, the `1` in `+52 1 55 1234 5678` and the `15` in `011 15 8765-4321` of
    /// Argentina are removed or replaced, according to the country's numbering plan. An Italian number keeps its zero.
    /// Spaces, punctuation and characters without width are ignored.
    ///
    /// ```
    /// use mfakit_core::PhoneNumber;
    ///
    /// assert_eq!(PhoneNumber::parse("(202) 555-0123", "US")?.as_e164(), "+12025550123");
    /// assert_eq!(PhoneNumber::parse("+44 (0)20 7183 8750", "US")?.as_e164(), "+442071838750");
    /// assert_eq!(PhoneNumber::parse("06 698 12345", "IT")?.as_e164(), "+390669812345");
    /// assert!(PhoneNumber::parse("1-800-FLOWERS", "US").is_err());
    /// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`InvalidPhoneNumber`] if the text has letters or an extension, if the numbering plan has no such number
    /// of digits, if the calling code is not in use, if the text has more than 256 bytes, or if `default_region` is not
    /// a region. A number that [`new`](Self::new) rejects is an error here as well: what is left of it after one prefix
    /// begins with another, so it is ambiguous which number is meant.
    pub fn parse(text: &str, default_region: &str) -> Result<Self, InvalidPhoneNumber> {
        let number = read(text, default_region).map_err(InvalidPhoneNumber::new)?;
        match (number.other_spelling(), number.parts()) {
            (Some(_), Some(parts)) => Err(InvalidPhoneNumber::new(Flaw::TwoPrefixes { code: parts.code })),
            _ => Ok(number),
        }
    }
}

fn read(text: &str, default_region: &str) -> Result<PhoneNumber, Flaw> {
    let region: Region = default_region.parse().map_err(Flaw::Region)?;
    if text.len() > MOST_BYTES {
        return Err(Flaw::LongText);
    }
    let written = Written::read(text)?;
    // A country without a plan is not a valid region.
    let home = plans::of_region(region).ok_or(Flaw::NoCallingCode)?;
    if written.has_plus {
        return from_abroad(&written.digits);
    }
    if let Some(digits) = home.without_international_prefix(&written.digits) {
        return from_abroad(digits);
    }
    let at_home = from_home(home, &written.digits);
    if at_home.as_ref().is_ok_and(PhoneNumber::is_known) {
        return at_home;
    }
    let abroad = COMMON_INTERNATIONAL_PREFIXES
        .iter()
        .filter_map(|prefix| written.digits.strip_prefix(prefix))
        .find_map(|digits| from_abroad(digits).ok().filter(PhoneNumber::is_known));
    abroad.map_or(at_home, Ok)
}

/// Reads digits that begin with a calling code.
fn from_abroad(digits: &str) -> Result<PhoneNumber, Flaw> {
    let parts = Parts::of(digits).ok_or(Flaw::NoCallingCode)?;
    let rewritten = parts.rewritten();
    whole(Parts::join(parts.code, rewritten.as_deref().unwrap_or(parts.national)))
}

/// Reads digits as they are dialed within the country.
fn from_home(home: &Plan, digits: &str) -> Result<PhoneNumber, Flaw> {
    let national = home.without_prefix(digits);
    let national = national.as_deref().unwrap_or(digits);
    // The calling code may be there without its plus sign.
    let rest = digits.strip_prefix(&home.code.to_string());
    let without_code = rest.map(|rest| home.without_prefix(rest).unwrap_or_else(|| rest.to_owned()));
    let is_meant = |rest: &&String| {
        home.line(national) == Line::Unknown
            && (home.line(rest) != Line::Unknown || home.length(national) == Length::TooLong)
    };
    whole(Parts::join(home.code, without_code.as_ref().filter(is_meant).map_or(national, String::as_str)))
}

fn whole(parts: Parts<'_>) -> Result<PhoneNumber, Flaw> {
    let code = parts.code;
    match parts.length() {
        // E.164 has room for 15 digits, though a plan may have longer numbers.
        Length::Possible => PhoneNumber::joined(code, parts.national).ok_or(Flaw::TooLong { code }),
        Length::Local => Err(Flaw::Local { code }),
        Length::TooShort => Err(Flaw::TooShort { code }),
        Length::TooLong => Err(Flaw::TooLong { code }),
        Length::Wrong => Err(Flaw::Length { code }),
    }
}

/// Digits of a text, and the plus sign before them.
struct Written {
    has_plus: bool,
    digits: String,
}

impl Written {
    fn read(text: &str) -> Result<Self, Flaw> {
        let text = text.trim_matches(|character: char| is_ignored(character));
        let scheme = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:"));
        let Some(scheme) = scheme else { return Self::of_characters(text) };
        let link = text.strip_prefix(scheme).unwrap_or_default();
        let (number, parameters) = link.split_once(';').unwrap_or((link, ""));
        let written = Self::of_characters(number)?;
        let mut context = None;
        for parameter in parameters.split(';') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_lowercase().as_str() {
                "ext" | "isub" | "postd" => return Err(Flaw::Extension),
                // The other form is a domain, within which the number is local.
                "phone-context" if value.starts_with('+') => context = Some(Self::of_characters(value)?),
                _ => {}
            }
        }
        Ok(match context {
            Some(context) if !written.has_plus => {
                Self { has_plus: true, digits: context.digits + &written.digits }
            }
            _ => written,
        })
    }

    fn of_characters(text: &str) -> Result<Self, Flaw> {
        let (mut has_plus, mut digits) = (false, String::with_capacity(16));
        for (at, character) in text.char_indices() {
            if let Some(digit) = decimal_digit(character) {
                digits.push(digit);
            } else if matches!(character, '+' | '＋') && digits.is_empty() && !has_plus {
                has_plus = true;
            } else if !is_ignored(character) && !PUNCTUATION.contains(character) {
                return Err(strange(text.get(at..).unwrap_or_default(), !digits.is_empty()));
            }
        }
        if digits.is_empty() { Err(Flaw::Empty) } else { Ok(Self { has_plus, digits }) }
    }
}

/// Returns the problem with a text, judged by the first character that does not belong in a number.
fn strange(rest: &str, after_digits: bool) -> Flaw {
    let lower = rest.to_lowercase();
    let word = lower.trim_start_matches(|character: char| !character.is_alphabetic());
    let word = word.split(|character: char| !character.is_alphabetic()).next().unwrap_or_default();
    let is_extension = matches!(word, "x" | "ext" | "extn" | "extension" | "xtn" | "int" | "anexo" | "доб")
        || rest.starts_with(['#', ',', ';', '＃', '，', '；']);
    if after_digits && is_extension && rest.chars().any(|character| decimal_digit(character).is_some()) {
        Flaw::Extension
    } else if rest.starts_with(char::is_alphabetic) {
        Flaw::Letters
    } else {
        Flaw::Symbol
    }
}
