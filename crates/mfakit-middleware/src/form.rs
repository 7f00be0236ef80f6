//! Bodies that come in: JSON or form, read into the same few fields.
//!
//! 1. Small and strict: 4 KiB, text values only, no field twice, none that is not known [HTTP-9].
//! 2. A form carries a token bound to the log-in and the scope; JSON needs none, because another site
//!    cannot send it without asking first [WEB-2].

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mfakit_core::{KeyRing, Purpose, Scope, Subject};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use crate::problem::{Kind, Problem};

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 4096;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl Format {
    /// The format that `Content-Type` names.
    #[must_use]
    pub(crate) fn named(content_type: Option<&str>) -> Option<Self> {
        let media_type = content_type?.split(';').next()?.trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else {
            None
        }
    }
}

/// The fields of a body. Each is taken once; what is left over at the end is a mistake of the caller.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// 400 where it is neither JSON nor a form, 422 where a value is no text or a field comes twice.
    pub(crate) fn read(format: Format, body: &[u8]) -> Result<Self, Problem> {
        let fields = match format {
            Format::Json => serde_json::from_slice::<Self>(body).map_err(|error| {
                let kind = if error.is_data() { Kind::InvalidField } else { Kind::MalformedBody };
                Problem::new(kind).detail(if error.is_data() {
                    "write an object whose values are texts, each field once"
                } else {
                    "the body is no JSON"
                })
            })?,
            Format::Form => {
                let pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
                let garbled = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
                if pairs.iter().any(|(name, value)| garbled(name) || garbled(value)) {
                    return Err(Problem::new(Kind::MalformedBody).detail("the form is not UTF-8"));
                }
                Self(pairs)
            }
        };
        let twice = fields
            .0
            .iter()
            .enumerate()
            .find(|(at, (name, _))| fields.0.iter().take(*at).any(|(earlier, _)| earlier == name));
        match twice {
            Some((_, (name, _))) => Err(invalid(format!("{} comes twice", shown(name)))),
            None => Ok(fields),
        }
    }

    /// Takes a field that may be missing.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a field that must be there.
    ///
    /// # Errors
    ///
    /// 422 where it is not.
    pub(crate) fn require(&mut self, name: &str) -> Result<String, Problem> {
        self.take(name).ok_or_else(|| invalid(format!("{name} is missing")))
    }

    /// Makes sure nothing is left.
    ///
    /// # Errors
    ///
    /// 422 where something is.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.first() {
            Some((name, _)) => Err(invalid(format!("{} is not known here", shown(name)))),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    if fields.len() == 16 {
                        return Err(A::Error::custom("too many fields"));
                    }
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Texts)
    }
}

/// The token of the forms that this log-in gets for this scope.
#[must_use]
pub(crate) fn token(keys: &KeyRing, subject: &Subject, scope: &Scope) -> String {
    URL_SAFE_NO_PAD.encode(keys.hash(Purpose::Form, &token_parts(subject, scope)))
}

/// Whether a form's token is the one this log-in got for this scope.
#[must_use]
pub(crate) fn is_token(sent: &str, keys: &KeyRing, subject: &Subject, scope: &Scope) -> bool {
    URL_SAFE_NO_PAD
        .decode(sent)
        .is_ok_and(|hash| keys.matches(Purpose::Form, &token_parts(subject, scope), &hash))
}

fn token_parts<'a>(subject: &'a Subject, scope: &'a Scope) -> [&'a [u8]; 3] {
    [subject.user().as_str().as_bytes(), subject.login().as_bytes(), scope.as_str().as_bytes()]
}

fn invalid(detail: String) -> Problem {
    Problem::new(Kind::InvalidField).detail(detail)
}

/// A name that somebody else wrote, short and plain enough to be repeated to them.
fn shown(name: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: String = name.chars().filter(plain).take(32).collect();
    format!("the field \"{name}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mfakit_core::{LoginId, Secret};

    #[test]
    fn a_body_is_read_strictly() {
        for (name, format, body, status) in [
            ("JSON", Format::Json, r#"{"channel":"voice"}"#, None),
            ("a form", Format::Form, "channel=voice", None),
            ("no JSON", Format::Json, "channel=voice", Some(400)),
            ("cut JSON", Format::Json, r#"{"channel":"#, Some(400)),
            ("JSON and more", Format::Json, r#"{"channel":"voice"} x"#, Some(400)),
            ("nothing", Format::Json, "", Some(400)),
            ("an array", Format::Json, "[]", Some(422)),
            ("null", Format::Json, r#"{"channel":null}"#, Some(422)),
            ("a number", Format::Json, r#"{"channel":1}"#, Some(422)),
            ("a list", Format::Json, r#"{"channel":["voice"]}"#, Some(422)),
            ("JSON twice", Format::Json, r#"{"channel":"voice","channel":"voice"}"#, Some(422)),
            ("a form twice", Format::Form, "channel=voice&channel=voice", Some(422)),
            ("no UTF-8", Format::Form, "channel=%ff", Some(400)),
            ("more than is known", Format::Form, "channel=voice&to=%2B1", Some(422)),
            ("less than is needed", Format::Form, "", Some(422)),
        ] {
            let read = Fields::read(format, body.as_bytes()).and_then(|mut fields| {
                assert_eq!(fields.require("channel")?, "voice", "{name}");
                fields.finish()
            });
            assert_eq!(read.err().map(|problem| problem.kind().status()), status, "{name}");
        }
    }

    #[test]
    fn a_form_token_belongs_to_one_login_and_scope() {
        let keys = KeyRing::new(Secret::new([7; 32]).unwrap(), []);
        let (pay, settings) = (Scope::new("pay").unwrap(), Scope::new("settings").unwrap());
        let login = LoginId::random();
        let alice = Subject::cookie("alice", login);
        let good = token(&keys, &alice, &pay);
        assert!(is_token(&good, &keys, &alice, &pay));
        assert!(!is_token(&good, &keys, &alice, &settings));
        assert!(!is_token(&good, &keys, &Subject::cookie("bob", login), &pay));
        assert!(!is_token(&good, &keys, &Subject::cookie("alice", LoginId::random()), &pay));
        assert!(!is_token("", &keys, &alice, &pay));
    }
}
