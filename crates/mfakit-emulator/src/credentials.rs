//! Credentials: one user name and password, which are also the OAuth2 client id and secret.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctutils::CtEq as _;

/// The accepted credentials. `Debug` does not print the password.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Credentials {
    /// Compares both in constant time.
    pub(crate) fn matches(&self, user: &str, password: &str) -> bool {
        let user = self.user.as_bytes().ct_eq(user.as_bytes());
        let password = self.password.as_bytes().ct_eq(password.as_bytes());
        (user & password).to_bool()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Authorization {
    Basic { user: String, password: String },
    Bearer(String),
}

impl Authorization {
    /// Parses a header. Returns `None` if it is neither well-formed Basic nor Bearer (RFC 7617, RFC 6750).
    pub(crate) fn parse(header: &[u8]) -> Option<Self> {
        let (scheme, rest) = std::str::from_utf8(header).ok()?.trim().split_once(' ')?;
        let rest = rest.trim_start();
        if scheme.eq_ignore_ascii_case("bearer") && !rest.is_empty() {
            return Some(Self::Bearer(rest.to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some(Self::Basic { user: user.to_owned(), password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_parsed_as_in_their_rfcs() {
        let basic = |user: &str, password: &str| {
            Some(Authorization::Basic { user: user.to_owned(), password: password.to_owned() })
        };
        let cases = [
            ("basic", "Basic dTpw", basic("u", "p")),
            ("scheme in any case", "bAsIc dTpw", basic("u", "p")),
            ("a colon in the password", "Basic dTpwOnE=", basic("u", "p:q")),
            ("no colon", "Basic dXA=", None),
            ("not base64", "Basic !!", None),
            ("bearer", "Bearer abc", Some(Authorization::Bearer("abc".to_owned()))),
            ("empty bearer", "Bearer ", None),
            ("another scheme", "Digest abc", None),
            ("nothing", "", None),
        ];
        for (name, header, expected) in cases {
            assert_eq!(Authorization::parse(header.as_bytes()), expected, "{name}");
        }
    }
}
