//! Request for an access token (RFC 6749, sections 2.3.1, 4.4 and 5).
//!
//! 1. The client sends its id and secret with Basic or in the form, but not both.
//! 2. With Basic, RFC 6749 requires that they are form-encoded first. Bandwidth's SDKs send them as they are. Both
//!    are accepted.
//! 3. The client is checked before the grant type.

use crate::credentials::{Authorization, Credentials};

/// Error code of RFC 6749 (section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenError {
    InvalidRequest(&'static str),
    InvalidClient,
    UnsupportedGrantType,
}

impl TokenError {
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

/// Checks that a token can be issued for this request.
pub(crate) fn check(
    credentials: &Credentials,
    authorization: Option<&[u8]>,
    body: &[u8],
) -> Result<(), TokenError> {
    let form = Form::parse(body)?;
    if !is_client(credentials, authorization, &form)? {
        return Err(TokenError::InvalidClient);
    }
    match form.grant_type.as_deref() {
        None => Err(TokenError::InvalidRequest("grant_type is required")),
        Some("client_credentials") => Ok(()),
        Some(_) => Err(TokenError::UnsupportedGrantType),
    }
}

fn is_client(
    credentials: &Credentials,
    authorization: Option<&[u8]>,
    form: &Form,
) -> Result<bool, TokenError> {
    let Some(header) = authorization else {
        let (id, secret) = (form.client_id.as_deref(), form.client_secret.as_deref());
        return Ok(credentials.matches(id.unwrap_or_default(), secret.unwrap_or_default()));
    };
    if form.client_secret.is_some() {
        return Err(TokenError::InvalidRequest(
            "the client secret must be sent only once, with Basic or in the form",
        ));
    }
    Ok(match Authorization::parse(header) {
        Some(Authorization::Basic { user, password }) => {
            credentials.matches(&user, &password)
                || credentials.matches(&form_decoded(&user), &form_decoded(&password))
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
    /// Parses the form. Section 3.2 forbids repeated parameters, and ignores unknown ones and those without a
    /// value.
    fn parse(body: &[u8]) -> Result<Self, TokenError> {
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
                return Err(TokenError::InvalidRequest("a parameter is repeated"));
            }
        }
        Ok(form)
    }
}

fn form_decoded(text: &str) -> String {
    // A single value is parsed as the name of a pair. If it has an `=` or `&`, it is not encoded.
    if text.contains(['=', '&']) {
        return text.to_owned();
    }
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

/// Returns the body of a request for the call log, in which all possible secrets are replaced with `REDACTED`.
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
    fn clients_are_checked_first_and_accepted_in_both_encodings() {
        let credentials = Credentials { user: "id".into(), password: "p +%".into() };
        let form = "grant_type=client_credentials";
        let no_grant = TokenError::InvalidRequest("grant_type is required");
        let twice = TokenError::InvalidRequest("a parameter is repeated");
        let right = Some("Basic aWQ6cCArJQ==");
        let in_form = "grant_type=client_credentials&client_id=id&client_secret=p+%2B%25";
        let cases = [
            ("basic as it is", right, form, Ok(())),
            ("basic, form-encoded", Some("Basic aWQ6cCslMkIlMjU="), form, Ok(())),
            ("in the form", None, in_form, Ok(())),
            ("no client", None, form, Err(TokenError::InvalidClient)),
            (
                "wrong client, wrong grant",
                Some("Basic aWQ6eA=="),
                "grant_type=x",
                Err(TokenError::InvalidClient),
            ),
            ("bearer", Some("Bearer x"), form, Err(TokenError::InvalidClient)),
            ("wrong grant", right, "grant_type=password", Err(TokenError::UnsupportedGrantType)),
            ("no grant", right, "", Err(no_grant.clone())),
            ("empty grant", right, "grant_type=", Err(no_grant.clone())),
            ("empty secret in the form", right, "grant_type=client_credentials&client_secret=", Ok(())),
            ("a scope", right, "grant_type=client_credentials&scope=a&more=b&more=c", Ok(())),
            ("twice", None, "grant_type=a&grant_type=b", Err(twice.clone())),
            ("scope twice", right, "grant_type=client_credentials&scope=a&scope=b", Err(twice)),
        ];
        for (name, header, body, expected) in cases {
            assert_eq!(check(&credentials, header.map(str::as_bytes), body.as_bytes()), expected, "{name}");
        }
        let both = check(&credentials, right.map(str::as_bytes), in_form.as_bytes());
        assert!(matches!(both, Err(TokenError::InvalidRequest(_))), "the secret twice: {both:?}");
    }

    #[test]
    fn secrets_do_not_reach_the_call_log() {
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
