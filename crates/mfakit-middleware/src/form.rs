//! Reads bodies, JSON or form, into the same few fields.
//!
//! 1. Bodies are small: 4 KiB, or 8 KiB for a form, which carries the signed return target. Each of our
//!    fields is a text and occurs once [HTTP-9].
//! 2. JSON has no other members. A form may have other fields, because scripts of the app or the browser add
//!    some to every form on a page. They are ignored.
//! 3. A form carries a token bound to the session, the scope and the challenge on its page [WEB-1]. JSON
//!    needs none, because another site cannot send it without a preflight request [WEB-2].

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mfakit_core::{
    Scope, Subject,
    adapter::{KeyRing, Purpose},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use crate::problem::{Kind, Problem};

/// Names of the fields of our forms.
const OF_FORMS: [&str; 7] = ["token", "challenge", "code", "channel", "return", "number", "shown"];

/// Format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl Format {
    /// Returns the size of the largest body that is read, in bytes.
    #[must_use]
    pub(crate) const fn longest_body(self) -> usize {
        match self {
            Self::Json => 4096,
            Self::Form => 8192,
        }
    }

    /// Returns the format that `Content-Type` names.
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

/// Fields of a body. Each is taken once. A member of JSON that is left over at the end is a mistake of the
/// client.
#[derive(Debug)]
pub(crate) struct Fields {
    format: Format,
    pairs: Vec<(String, String)>,
}

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// Returns 400 if the body is neither JSON nor a form, and 422 if a value is not a text or a field occurs
    /// twice.
    pub(crate) fn read(format: Format, body: &[u8]) -> Result<Self, Problem> {
        let pairs = match format {
            Format::Json => {
                serde_json::from_slice::<Texts>(body).map(|Texts(pairs)| pairs).map_err(|error| {
                    let kind = if error.is_data() { Kind::InvalidField } else { Kind::MalformedBody };
                    Problem::new(kind).detail(if error.is_data() {
                        "write an object whose values are texts, each field once"
                    } else {
                        "the body is not valid JSON"
                    })
                })?
            }
            Format::Form => {
                let pairs = form_urlencoded::parse(body).into_owned();
                let pairs: Vec<_> = pairs.filter(|(name, _)| OF_FORMS.contains(&name.as_str())).collect();
                if pairs.iter().any(|(_, value)| value.contains(char::REPLACEMENT_CHARACTER)) {
                    return Err(Problem::new(Kind::MalformedBody).detail("the form is not UTF-8"));
                }
                pairs
            }
        };
        let twice = pairs
            .iter()
            .enumerate()
            .find(|(at, (name, _))| pairs.iter().take(*at).any(|(earlier, _)| earlier == name));
        match twice {
            Some((_, (name, _))) => Err(invalid(format!("{} comes twice", shown(name)))),
            None => Ok(Self { format, pairs }),
        }
    }

    /// Takes an optional field.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(field, _)| field == name)?;
        Some(self.pairs.swap_remove(at).1)
    }

    /// Reads a field without taking it.
    pub(crate) fn peek(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Takes a required field.
    ///
    /// # Errors
    ///
    /// Returns 422 if the field is missing.
    pub(crate) fn require(&mut self, name: &str) -> Result<String, Problem> {
        self.take(name).ok_or_else(|| invalid(format!("{name} is missing")))
    }

    /// Checks that no member of JSON is left.
    ///
    /// # Errors
    ///
    /// Returns 422 if one is left.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match (self.format, self.pairs.first()) {
            (Format::Json, Some((name, _))) => Err(invalid(format!("{} is not a known field", shown(name)))),
            (Format::Json, None) | (Format::Form, _) => Ok(()),
        }
    }
}

/// Members of a JSON object whose values are texts.
struct Texts(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    if fields.len() == 16 {
                        return Err(A::Error::custom("too many fields"));
                    }
                    fields.push(field);
                }
                Ok(Texts(fields))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Creates the token of the forms on a session's page for this scope and challenge.
///
/// It names the challenge, so that a single token serves all forms of a page, and is not valid with a code for any
/// other challenge.
#[must_use]
pub(crate) fn token(keys: &KeyRing, subject: &Subject, scope: &Scope, challenge: Option<&str>) -> String {
    let challenge = challenge.unwrap_or_default();
    let mac = URL_SAFE_NO_PAD.encode(keys.hash(Purpose::Form, &token_parts(subject, scope, challenge)));
    if challenge.is_empty() { mac } else { format!("{mac}.{challenge}") }
}

/// Returns whether a form's token was created for this session and scope and, if a code is entered, for this
/// challenge.
#[must_use]
pub(crate) fn is_token(
    sent: &str,
    keys: &KeyRing,
    subject: &Subject,
    scope: &Scope,
    challenge: Option<&str>,
) -> bool {
    let (mac, named) = sent.split_once('.').unwrap_or((sent, ""));
    let parts = token_parts(subject, scope, named);
    let ours = URL_SAFE_NO_PAD.decode(mac).is_ok_and(|mac| keys.matches(Purpose::Form, &parts, &mac));
    ours && challenge.is_none_or(|challenge| challenge == named)
}

fn token_parts<'a>(subject: &'a Subject, scope: &'a Scope, challenge: &'a str) -> [&'a [u8]; 4] {
    let (user, login) = (subject.user().as_str().as_bytes(), subject.login().as_bytes());
    [user, login, scope.as_str().as_bytes(), challenge.as_bytes()]
}

fn invalid(detail: String) -> Problem {
    Problem::new(Kind::InvalidField).detail(detail)
}

/// Returns a client's field name, reduced to plain characters and shortened, so that it can be repeated in an answer.
fn shown(name: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: String = name.chars().filter(plain).take(32).collect();
    format!("the field \"{name}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mfakit_core::{ChallengeId, LoginId, Secret};

    #[test]
    fn a_body_is_read_strictly() {
        for (name, format, body, status) in [
            ("JSON", Format::Json, r#"{"channel":"voice"}"#, None),
            ("a form", Format::Form, "channel=voice", None),
            ("not JSON", Format::Json, "channel=voice", Some(400)),
            ("cut JSON", Format::Json, r#"{"channel":"#, Some(400)),
            ("JSON and more", Format::Json, r#"{"channel":"voice"} x"#, Some(400)),
            ("nothing", Format::Json, "", Some(400)),
            ("an array", Format::Json, "[]", Some(422)),
            ("null", Format::Json, r#"{"channel":null}"#, Some(422)),
            ("a number", Format::Json, r#"{"channel":1}"#, Some(422)),
            ("a list", Format::Json, r#"{"channel":["voice"]}"#, Some(422)),
            ("JSON twice", Format::Json, r#"{"channel":"voice","channel":"voice"}"#, Some(422)),
            ("a form twice", Format::Form, "channel=voice&channel=voice", Some(422)),
            ("not UTF-8", Format::Form, "channel=%ff", Some(400)),
            (
                "JSON and a member that is not known",
                Format::Json,
                r#"{"channel":"voice","to":"x"}"#,
                Some(422),
            ),
            ("a form and a field that is not known", Format::Form, "channel=voice&to=%2B1", None),
            (
                "a form and garbled fields that are not known",
                Format::Form,
                "%ff=x&channel=voice&to=%ff",
                None,
            ),
            ("a form and one without a name", Format::Form, "=x&channel=voice&=y&&", None),
            ("a form and one that comes twice", Format::Form, "_csrf=x&channel=voice&_csrf=y", None),
            ("a form and one of ours twice", Format::Form, "channel=voice&code=1&code=2", Some(422)),
            ("a form and one of ours as a list", Format::Form, "channel[]=voice", Some(422)),
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
    fn a_form_token_belongs_to_one_login_scope_and_challenge() {
        let keys = KeyRing::new(Secret::new([7; 32]).unwrap(), []);
        let (pay, settings) = (Scope::new("pay").unwrap(), Scope::new("settings").unwrap());
        let (login, id) = (LoginId::random(), ChallengeId::decode(&"A".repeat(43)).unwrap());
        let (alice, challenge) = (Subject::cookie("alice", login), id.encode());
        let other = "B".repeat(43);
        let (bare, good) = (token(&keys, &alice, &pay, None), token(&keys, &alice, &pay, Some(&challenge)));
        let taken = |sent: &str, subject: &Subject, scope: &Scope, challenge: Option<&str>| {
            is_token(sent, &keys, subject, scope, challenge)
        };
        for sent in [&bare, &good] {
            assert!(taken(sent, &alice, &pay, None), "no code is entered");
            assert!(!taken(sent, &alice, &settings, None));
            assert!(!taken(sent, &Subject::cookie("bob", login), &pay, None));
            assert!(!taken(sent, &Subject::cookie("alice", LoginId::random()), &pay, None));
            assert!(!taken(sent, &alice, &pay, Some(&other)));
        }
        assert!(taken(&good, &alice, &pay, Some(&challenge)));
        assert!(!taken(&bare, &alice, &pay, Some(&challenge)));
        let (mac, _) = good.split_once('.').unwrap();
        for made_up in
            ["", ".", mac, &format!("{mac}.{other}"), &format!("{mac}."), &format!("{bare}.{challenge}")]
        {
            assert!(!taken(made_up, &alice, &pay, Some(&challenge)), "{made_up}");
        }
    }
}
