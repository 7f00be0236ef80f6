//! Credentials for Bandwidth.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::header::{HeaderValue, InvalidHeaderValue};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

/// Credentials for Bandwidth: OAuth2 client credentials, or the user name and password of an API user.
///
/// `Debug` shows which of the two they are, and nothing else [LOG-2].
///
/// ```
/// use mfakit_core::bandwidth::Credentials;
///
/// let credentials = Credentials::oauth2("client-id", "client-secret");
/// assert_eq!(format!("{credentials:?}"), "Credentials(OAuth2)");
/// ```
pub struct Credentials {
    kind: CredentialKind,
    name: SecretString,
    secret: SecretString,
}

/// Kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialKind {
    /// Client credentials, which are exchanged for bearer tokens.
    OAuth2,
    /// User name and password, which are sent with every call.
    Basic,
}

impl Credentials {
    /// Creates credentials from the id and secret of OAuth2 client credentials (RFC 6749, section 4.4), which are
    /// exchanged for bearer tokens.
    #[must_use]
    pub fn oauth2(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self::new(CredentialKind::OAuth2, client_id.into(), client_secret.into())
    }

    /// Creates credentials from the user name and password of an API user, sent with every call (RFC 7617).
    ///
    /// Bandwidth stops accepting these on December 2, 2026, so they are rejected unless the base URL is on this
    /// machine, as with a mock or a local emulator. Create client credentials for [`oauth2`](Self::oauth2) instead:
    /// <https://dev.bandwidth.com/docs/account/credentials/management>.
    #[must_use]
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::new(CredentialKind::Basic, username.into(), password.into())
    }

    fn new(kind: CredentialKind, name: String, secret: String) -> Self {
        Self { kind, name: SecretString::from(name), secret: SecretString::from(secret) }
    }

    pub(super) const fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// Returns the reason why these credentials are not valid, if there is one.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let (name, secret) = (self.name.expose_secret(), self.secret.expose_secret());
        if name.is_empty() || secret.is_empty() {
            Some("one of the two is empty")
        } else if name.contains(':') {
            Some(match self.kind {
                CredentialKind::OAuth2 => {
                    "the client id contains a colon, which separates it from the secret"
                }
                CredentialKind::Basic => {
                    "the user name contains a colon, which separates it from the password"
                }
            })
        } else if name.chars().chain(secret.chars()).any(char::is_control) {
            Some("they contain a control character, such as the line break at the end of a file")
        } else {
            None
        }
    }

    /// Returns the reason why these credentials are no longer accepted, if there is one.
    pub(super) const fn outlived(&self, is_local: bool) -> Option<&'static str> {
        match self.kind {
            CredentialKind::Basic if !is_local => Some(
                "Bandwidth stops accepting user names and passwords on December 2, 2026. Create OAuth2 client credentials in the \
                 Bandwidth App, as https://dev.bandwidth.com/docs/account/credentials/management describes, and pass \
                 them as BANDWIDTH_CLIENT_ID and BANDWIDTH_CLIENT_SECRET, or to Credentials::oauth2",
            ),
            CredentialKind::Basic | CredentialKind::OAuth2 => None,
        }
    }

    /// Returns the value of an `Authorization` header with the credentials, marked as sensitive.
    ///
    /// Client credentials are sent this way, too, without the form encoding of RFC 6749, section 2.3.1.
    /// Bandwidth's own SDKs do the same.
    pub(super) fn authorization(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let pair = Zeroizing::new(format!("{}:{}", self.name.expose_secret(), self.secret.expose_secret()));
        sensitive("Basic", &Zeroizing::new(STANDARD.encode(pair.as_bytes())))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?})", self.kind)
    }
}

/// Returns the value of an `Authorization` header. It is marked as sensitive, so that neither `Debug` nor the
/// compression tables of HTTP/2 contain it.
pub(super) fn sensitive(scheme: &str, secret: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(Zeroizing::new(format!("{scheme} {secret}")).as_str())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_credentials_nor_their_header() {
        for credentials in
            [Credentials::oauth2("the-name", "the-secret"), Credentials::basic("the-name", "the-secret")]
        {
            let header = credentials.authorization().unwrap();
            assert_eq!(header.to_str().unwrap(), "Basic dGhlLW5hbWU6dGhlLXNlY3JldA==");
            assert_eq!(format!("{header:?}"), "Sensitive");
            let shown = format!("{credentials:?} {credentials:#?}");
            assert!(!shown.contains("the-"), "{shown}");
        }
    }

    #[test]
    fn invalid_credentials_are_rejected_with_a_reason() {
        for (name, secret, problem) in [
            ("user", "pass:word", None),
            ("", "x", Some("empty")),
            ("x", "", Some("empty")),
            ("a:b", "x", Some("colon")),
            ("x", "secret\n", Some("control character")),
        ] {
            for credentials in [Credentials::oauth2(name, secret), Credentials::basic(name, secret)] {
                let found = credentials.problem();
                assert_eq!(found.is_some(), problem.is_some(), "{name:?} {found:?}");
                assert!(found.unwrap_or_default().contains(problem.unwrap_or_default()), "{found:?}");
            }
        }
    }
}
