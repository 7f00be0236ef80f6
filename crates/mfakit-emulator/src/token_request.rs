//! A request for an access token (RFC 6749, sections 2.3.1, 4.4 and 5).
//!
//! 1. The client shows its id and secret by Basic or in the form, not both.
//! 2. In Basic, RFC 6749 wants them form-encoded first; Bandwidth's SDKs send them as they are. Both are taken.
//! 3. The client is judged before the grant type.

use crate::credentials::{Authorization, Credentials};

/// Why no token is issued, in the RFC's words (section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Oauth {
    InvalidRequest(&'static str),
    InvalidClient,
    UnsupportedGrantType,
}

impl Oauth {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::InvalidClient => 401,
            Self::InvalidRequest(_) | Self::UnsupportedGrantType => 400,
        }
    }

    pub(crate) fn error(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }

    pub(crate) fn description(&self) -> &'static str {
        match self {
            Self::InvalidRequest(why) => why,
            Self::InvalidClient => "the client id or secret is wrong or missing",
            Self::UnsupportedGrantType => "grant_type must be client_credentials",
        }
    }
}

/// Whether a token may be issued for this request.
pub(crate) fn judge(
    credentials: &Credentials,
    authorization: Option<&[u8]>,
    body: &[u8],
) -> Result<(), Oauth> {
    let form = Form::read(body)?;
    if !is_client(credentials, authorization, &form)? {
        return Err(Oauth::InvalidClient);
    }
    match form.grant_type.as_deref() {
        None => Err(Oauth::InvalidRequest("grant_type is required")),
        Some("client_credentials") => Ok(()),
        Some(_) => Err(Oauth::UnsupportedGrantType),
    }
}

fn is_client(credentials: &Credentials, authorization: Option<&[u8]>, form: &Form) -> Result<bool, Oauth> {
    let Some(header) = authorization else {
        let (id, secret) = (form.client_id.as_deref(), form.client_secret.as_deref());
        return Ok(credentials.are(id.unwrap_or_default(), secret.unwrap_or_default()));
    };
    if form.client_secret.is_some() {
        return Err(Oauth::InvalidRequest("the client's secret must be given once, by Basic or in the form"));
    }
    Ok(match Authorization::read(header) {
        Some(Authorization::Basic { user, password }) => {
            credentials.are(&user, &password)
                || credentials.are(&form_decoded(&user), &form_decoded(&password))
        }
        Some(Authorization::Bearer(_)) | None => false,
    })
}

#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    /// Any scope is accepted, because Bandwidth's specification names none.
    scope: Option<String>,
}

impl Form {
    /// Reads the form. Section 3.2 allows no repeated parameter, and ignores unknown ones and those without a
    /// value.
    fn read(body: &[u8]) -> Result<Self, Oauth> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let place = match &*name {
                "grant_type" => &mut form.grant_type,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                "scope" => &mut form.scope,
                _ => continue,
            };
            if value.is_empty() {
                continue;
            }
            if place.replace(value.into_owned()).is_some() {
                return Err(Oauth::InvalidRequest("a parameter is given twice"));
            }
        }
        Ok(form)
    }
}

fn form_decoded(text: &str) -> String {
    // A lone value is parsed as the name of a pair; what an `=` or `&` would split off was never encoded.
    if text.contains(['=', '&']) {
        return text.to_owned();
    }
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

/// The request's body as it may be kept: whatever may be a secret reads `REDACTED`.
pub(crate) fn redacted(body: &[u8]) -> String {
    if let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(body) {
        redact(&mut json);
        return json.to_string();
    }
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        kept.append_pair(&name, if is_secret(&name) { "REDACTED" } else { &value });
    }
    kept.finish()
}

fn redact(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name) {
                    *value = "REDACTED".into();
                } else {
                    redact(value);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(redact),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["secret", "password", "assertion", "token"].iter().any(|secret| name.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_judged_first_and_taken_in_either_form() {
        let credentials = Credentials { user: "id".into(), password: "p +%".into() };
        let form = "grant_type=client_credentials";
        let no_grant = Oauth::InvalidRequest("grant_type is required");
        let twice = Oauth::InvalidRequest("a parameter is given twice");
        let right = Some("Basic aWQ6cCArJQ==");
        let in_form = "grant_type=client_credentials&client_id=id&client_secret=p+%2B%25";
        let cases = [
            ("basic as it is", right, form, Ok(())),
            ("basic, form-encoded", Some("Basic aWQ6cCslMkIlMjU="), form, Ok(())),
            ("in the form", None, in_form, Ok(())),
            ("nobody", None, form, Err(Oauth::InvalidClient)),
            ("wrong client, wrong grant", Some("Basic aWQ6eA=="), "grant_type=x", Err(Oauth::InvalidClient)),
            ("bearer", Some("Bearer x"), form, Err(Oauth::InvalidClient)),
            ("wrong grant", right, "grant_type=password", Err(Oauth::UnsupportedGrantType)),
            ("no grant", right, "", Err(no_grant.clone())),
            ("empty grant", right, "grant_type=", Err(no_grant.clone())),
            ("empty secret in the form", right, "grant_type=client_credentials&client_secret=", Ok(())),
            ("a scope", right, "grant_type=client_credentials&scope=a&more=b&more=c", Ok(())),
            ("twice", None, "grant_type=a&grant_type=b", Err(twice.clone())),
            ("scope twice", right, "grant_type=client_credentials&scope=a&scope=b", Err(twice)),
        ];
        for (name, header, body, expected) in cases {
            assert_eq!(judge(&credentials, header.map(str::as_bytes), body.as_bytes()), expected, "{name}");
        }
        let both = judge(&credentials, right.map(str::as_bytes), in_form.as_bytes());
        assert!(matches!(both, Err(Oauth::InvalidRequest(_))), "the secret twice: {both:?}");
    }

    #[test]
    fn secrets_do_not_reach_the_record_of_calls() {
        let cases = [
            ("form", "client_id=a&client_secret=hush&x=y", "client_id=a&client_secret=REDACTED&x=y"),
            ("encoded name", "client%5Fsecret=hush", "client_secret=REDACTED"),
            ("json", r#"{"in":[{"client_secret":"hush"}]}"#, r#"{"in":[{"client_secret":"REDACTED"}]}"#),
            ("empty", "", ""),
        ];
        for (name, body, expected) in cases {
            assert_eq!(redacted(body.as_bytes()), expected, "{name}");
        }
    }
}
