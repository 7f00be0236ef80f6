//! Parts of a request that an answer may depend on.

use std::{borrow::Cow, fmt, net::IpAddr};

use mfakit_core::ClientAddress;

/// Parts of a request that an answer may depend on. Everything that is not a field here has no influence.
///
/// The values of a header that occurs more than once are joined with commas, so that every check sees all of
/// them.
///
/// `Debug` shows neither the cookies nor a query.
///
/// ```
/// use mfakit_middleware::{Facts, Method};
///
/// let headers = [("accept", "text/html"), ("host", "bank.example")];
/// let facts = Facts::read("GET", Some("/pay?to=bob"), |name| {
///     headers.iter().filter(move |(of, _)| *of == name).map(|(_, value)| value.as_bytes())
/// });
/// assert_eq!((facts.method, facts.accept.as_deref()), (Method::Get, Some("text/html")));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Method.
    pub method: Method,
    /// Path and query, as received.
    pub target: String,
    /// `Accept`.
    pub accept: Option<String>,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// `Cookie`. Only the grant cookie and the cookie of a form's page are read. Several headers are joined
    /// by semicolons.
    pub cookies: Option<String>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<String>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<String>,
    /// `Origin`.
    pub origin: Option<String>,
    /// `Host`. Never written into an answer.
    pub host: Option<String>,
    /// `Referer`.
    pub referer: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// Address of the peer: the client, or a proxy. Absent unless the engine is configured to use it.
    pub peer: Option<IpAddr>,
    /// `X-Forwarded-For`. Absent unless the engine trusts a proxy.
    pub forwarded_for: Option<String>,
}

impl Facts {
    /// Headers that [`read`](Self::read) needs, in lower case.
    pub const HEADERS: [&'static str; 9] = [
        "accept",
        "accept-language",
        "cookie",
        "sec-fetch-site",
        "sec-fetch-mode",
        "origin",
        "host",
        "referer",
        "content-type",
    ];

    /// Reads the facts of a request from its method, its path and query, and its headers. `headers` returns the
    /// values of a header, by its name in lower case.
    pub fn read<'a, V: Iterator<Item = &'a [u8]>>(
        method: &str,
        target: Option<&str>,
        headers: impl Fn(&'static str) -> V,
    ) -> Self {
        let joined = |name| join(headers(name), ", ");
        Self {
            method: Method::named(method),
            target: target.unwrap_or("/").to_owned(),
            accept: joined("accept"),
            accept_language: joined("accept-language"),
            cookies: join(headers("cookie"), "; "),
            fetch_site: joined("sec-fetch-site"),
            fetch_mode: joined("sec-fetch-mode"),
            origin: joined("origin"),
            host: joined("host"),
            referer: joined("referer"),
            content_type: joined("content-type"),
            peer: None,
            forwarded_for: None,
        }
    }

    /// Adds the address that the request comes from, as far as
    /// [`MfaBuilder::client_address`](mfakit_core::MfaBuilder::client_address) configures it. `peer` returns the address
    /// of the peer; `headers` is as in [`read`](Self::read).
    #[must_use]
    pub fn coming_from<'a, V: Iterator<Item = &'a [u8]>>(
        mut self,
        how: Option<ClientAddress>,
        peer: impl FnOnce() -> Option<IpAddr>,
        headers: impl Fn(&'static str) -> V,
    ) -> Self {
        match how {
            None => {}
            Some(ClientAddress::Direct) => self.peer = peer(),
            Some(ClientAddress::TrustedProxies(_)) => {
                (self.peer, self.forwarded_for) = (peer(), join(headers("x-forwarded-for"), ", "));
            }
            Some(_) => {}
        }
        self
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            target,
            accept,
            accept_language,
            cookies,
            fetch_site,
            fetch_mode,
            origin,
            host,
            referer,
            content_type,
            peer,
            forwarded_for,
        } = self;
        f.debug_struct("Facts")
            .field("method", method)
            .field("target", &without_query(target))
            .field("accept", accept)
            .field("accept_language", accept_language)
            .field("cookies", &cookies.as_ref().map(|_| format_args!("…")))
            .field("fetch_site", fetch_site)
            .field("fetch_mode", fetch_mode)
            .field("origin", origin)
            .field("host", host)
            .field("referer", &referer.as_deref().map(without_query))
            .field("content_type", content_type)
            .field("peer", peer)
            .field("forwarded_for", forwarded_for)
            .finish()
    }
}

/// Returns a target or URL without its query, because apps put tokens there.
fn without_query(target: &str) -> String {
    target.split_once('?').map_or_else(|| target.to_owned(), |(path, _)| format!("{path}?…"))
}

/// Returns the value of a field in the query of a target.
pub(crate) fn query_value(target: &str, name: &str) -> Option<String> {
    query_values(target, name).next().map(Cow::into_owned)
}

/// Returns all values of a field in the query of a target.
pub(crate) fn query_values<'a>(target: &'a str, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).filter_map(move |(key, value)| (key == name).then_some(value))
}

/// Joins the values of a header.
fn join<'a>(values: impl Iterator<Item = &'a [u8]>, between: &str) -> Option<String> {
    let mut values = values.map(String::from_utf8_lossy);
    let first = values.next()?.into_owned();
    Some(values.fold(first, |joined, value| format!("{joined}{between}{value}")))
}

/// Method of a request, reduced to those that the routes and guards distinguish.
///
/// ```
/// use mfakit_middleware::Method;
///
/// assert!(Method::named("HEAD").is_read());
/// assert_eq!(Method::named("PATCH"), Method::Other);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// `GET`.
    #[default]
    Get,
    /// `HEAD`.
    Head,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
    /// Any other.
    Other,
}

impl Method {
    /// Returns the method of this name. Names are case-sensitive: `get` is not `GET` (RFC 9110, section 9.1).
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }

    /// Returns whether the method only reads (`GET` and `HEAD`).
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn debug_shows_neither_cookies_nor_queries() {
        let facts = Facts {
            target: "/pay?token=topsecret".into(),
            cookies: Some("session=topsecret; __Host-mfa=topsecret".into()),
            referer: Some("https://bank.example/reset?token=topsecret".into()),
            host: Some("bank.example".into()),
            ..Facts::default()
        };
        let shown = format!("{facts:?} {facts:#?}");
        assert!(!shown.contains("topsecret"), "{shown}");
        for rest in ["/pay?…", "cookies: Some(…)", "https://bank.example/reset?…", "bank.example"] {
            assert!(shown.contains(rest), "{rest}: {shown}");
        }
    }

    #[test]
    fn the_headers_that_are_read_are_those_on_the_list() {
        let asked = RefCell::new(Vec::new());
        let _ = Facts::read("GET", None, |name| {
            asked.borrow_mut().push(name);
            std::iter::empty()
        });
        let (mut asked, mut listed) = (asked.into_inner(), Facts::HEADERS.to_vec());
        asked.sort_unstable();
        listed.sort_unstable();
        assert_eq!(asked, listed);
    }
}
