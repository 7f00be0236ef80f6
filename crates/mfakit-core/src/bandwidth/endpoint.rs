//! URLs of Bandwidth's services.

use std::fmt;

use http::{Uri, uri::InvalidUri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    origin::{InvalidOrigin, Origin, Scheme},
    url_path::UrlPath,
};

/// Characters that are encoded in a segment: all but the unreserved ones (RFC 3986, section 2.3).
const IN_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Absolute URL with https, or with plain http on this machine. It contains nothing but an address.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    origin: Origin,
    path: String,
}

impl Endpoint {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const NOT_ABSOLUTE: &str = "is not an absolute URL, such as https://mfa.bandwidth.com/api/v1";
        let (origin, rest) = Origin::split(text).map_err(|why| match why {
            InvalidOrigin::UserInfo => "contains a user name or a password",
            InvalidOrigin::Scheme if text.contains("://") => "is neither https nor http",
            InvalidOrigin::NotAscii => {
                "contains a host that is not ASCII: write it as browsers send it, such as xn--bcher-kva.example"
            }
            InvalidOrigin::Number => "contains an IPv4 address that is not written as four decimal numbers",
            InvalidOrigin::Port => {
                "contains a port that is not a number up to 65535 without leading zeros"
            }
            _ => NOT_ABSOLUTE,
        })?;
        if rest.contains(['?', '#']) {
            return Err("contains a query or a fragment");
        }
        // A path that would be rewritten could lead elsewhere than it seems.
        let path = UrlPath::read(rest).filter(|read| read.path() == rest || rest.is_empty());
        let path = path.ok_or("contains a dot segment, or a character that is percent-encoded in a path")?;
        let endpoint = Self { origin, path: path.path().to_owned() };
        endpoint.uri().map_err(|_| NOT_ABSOLUTE)?;
        if endpoint.uses_tls() || endpoint.is_loopback() {
            Ok(endpoint)
        } else {
            Err(
                "is plain http to another machine: only 127.0.0.0/8, localhost and [::1] are allowed without TLS",
            )
        }
    }

    /// Returns the URL below this one that these segments lead to. Each segment is percent-encoded, so it cannot add a
    /// segment or a query. It must not be a dot segment.
    pub(super) fn below<const N: usize>(&self, segments: [&str; N]) -> Self {
        let path = self.path.strip_suffix('/').unwrap_or(&self.path).to_owned();
        let path = segments
            .iter()
            .fold(path, |path, segment| format!("{path}/{}", utf8_percent_encode(segment, IN_SEGMENT)));
        Self { origin: self.origin.clone(), path }
    }

    /// Returns the URL of this path on the same server.
    pub(super) fn at(&self, path: &'static str) -> Self {
        Self { origin: self.origin.clone(), path: path.to_owned() }
    }

    /// Returns the URL of requests. It is made of the origin as it was read, so that both name the same host.
    pub(super) fn uri(&self) -> Result<Uri, InvalidUri> {
        self.to_string().parse()
    }

    pub(super) fn uses_tls(&self) -> bool {
        self.origin.scheme() == Scheme::Https
    }

    pub(super) fn is_loopback(&self) -> bool {
        let host = self.origin.host();
        host.is_loopback_address() || host.name() == Some("localhost")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_use_tls_or_this_machine() {
        for good in [
            "https://mfa.example/api/v1",
            "http://127.0.0.1:4010/api/v1",
            "http://127.8.9.10",
            "http://localhost:4010",
            "http://LOCALHOST",
            "http://[::1]:4010/",
        ] {
            assert!(Endpoint::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", "not an absolute URL"),
            ("mfa.bandwidth.com", "not an absolute URL"),
            ("/api/v1", "not an absolute URL"),
            ("http://", "not an absolute URL"),
            ("http://mfa.bandwidth.com/api/v1", "plain http"),
            ("http://127.0.0.1.evil.example", "plain http"),
            ("http://localhost.evil.example", "plain http"),
            ("http://0.0.0.0:4010", "plain http"),
            ("http://10.0.0.1", "plain http"),
            ("http://[::ffff:10.0.0.1]", "plain http"),
            ("http://127.0.0.1@evil.example/", "user name"),
            ("https://user:pass@mfa.example", "user name"),
            ("https://mfa.example/?x=1", "query"),
            ("https://mfa.example/#x", "fragment"),
            ("https://b\u{fc}cher.example", "not ASCII"),
            ("https://127.1", "four decimal numbers"),
            ("http://127.0.0.1:04010", "a port"),
            ("http://127.0.0.1:4010/api/../v2", "dot segment"),
            ("http://127.0.0.1:4010/api/%2E%2e/v2", "dot segment"),
            ("http://127.0.0.1:4010/a b", "percent-encoded"),
            ("http://127.0.0.1:4010\\@evil.example", "user name"),
            ("http://127.0.0.1:4010\\.evil.example", "a port"),
            ("http://localhost\\.evil.example", "not an absolute URL"),
            ("ftp://127.0.0.1", "neither https nor http"),
            ("file:///etc/passwd", "neither https nor http"),
        ] {
            let found = Endpoint::parse(bad).err().unwrap_or("accepted");
            assert!(found.contains(why), "{bad}: {found}");
        }
    }

    #[test]
    fn an_endpoint_is_requested_at_the_host_that_was_checked() {
        for (text, host, path) in [
            ("https://MFA.example:443/api/v1/", "mfa.example", "/api/v1/"),
            ("http://[0:0::1]:4010", "[::1]", "/"),
            ("http://127.0.0.1/api%20v1/", "127.0.0.1", "/api%20v1/"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            let uri = endpoint.uri().unwrap();
            assert_eq!((uri.host(), uri.path()), (Some(host), path), "{text}");
            let below = endpoint.below(["a/..", "?#"]).uri().unwrap();
            let start = path.trim_end_matches('/');
            assert_eq!((below.host(), below.path()), (Some(host), &*format!("{start}/a%2F../%3F%23")));
            assert_eq!(below.query(), None);
        }
    }
}
