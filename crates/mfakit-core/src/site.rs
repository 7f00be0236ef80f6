//! The app's place on the web, and its name.

use std::borrow::Cow;

use crate::{
    origin::{InvalidOrigin, Origin, Scheme},
    theme::Theme,
};

/// The app's place on the web, and its name. Set by the builder, and never by a request [WEB-14].
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) public_path: String,
    pub(crate) login_url: Option<String>,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) theme: Theme,
    pub(crate) single_code: bool,
    /// Host that text messages bind their code to, if it is not the site's own.
    pub(crate) code_host: Option<String>,
    /// Hash of an Android app, with which text messages end.
    pub(crate) android_app_hash: Option<String>,
}

impl Site {
    /// Returns the app's name in messages and on the challenge page.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the site's own origin, such as `https://bank.example`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the origin's host, without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the path below which the routes of mfakit are mounted, such as `/mfa`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the prefix that a proxy strips from every path, such as `/app`. Empty if there is none.
    #[must_use]
    pub fn public_path(&self) -> &str {
        &self.public_path
    }

    /// Returns a path of the app as browsers must request it: below the [public path](Self::public_path). Addresses of
    /// other sites (`https:`, `mailto:`, `tel:`) are returned unchanged.
    #[must_use]
    pub fn public<'a>(&self, href: &'a str) -> Cow<'a, str> {
        let is_path = href.starts_with('/') && !href.starts_with("//");
        if is_path && !self.public_path.is_empty() {
            Cow::Owned(format!("{}{href}", self.public_path))
        } else {
            Cow::Borrowed(href)
        }
    }

    /// Returns the app's own path for one that a browser requested. `None` if it is not below the public path
    /// and so belongs to another app on this origin.
    #[must_use]
    pub fn own<'a>(&self, public: &'a str) -> Option<&'a str> {
        match public.strip_prefix(self.public_path.as_str())? {
            "" => Some("/"),
            rest => rest.starts_with('/').then_some(rest),
        }
    }

    /// Returns the app's sign-in page: a path without the [public path](Self::public_path), or an address on
    /// another site. `None` if the builder was not given one.
    #[must_use]
    pub fn login_url(&self) -> Option<&str> {
        self.login_url.as_deref()
    }

    /// Returns the other origins whose pages may call the routes.
    #[must_use]
    pub fn trusted_origins(&self) -> &[String] {
        &self.trusted_origins
    }

    /// Returns the appearance of the challenge page.
    pub const fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Returns the host that text messages bind their code to.
    pub(crate) fn code_host(&self) -> &str {
        self.code_host.as_deref().unwrap_or(&self.host)
    }

    /// Returns the hash of the Android app that reads text messages.
    pub(crate) fn android_app_hash(&self) -> Option<&str> {
        self.android_app_hash.as_deref()
    }

    /// Returns whether a message has the code only once.
    pub(crate) const fn single_code(&self) -> bool {
        self.single_code
    }
}

/// Reads the origin of a site: https, or http on this machine only.
pub(crate) fn parse_origin(text: &str) -> Result<Origin, InvalidOrigin> {
    let origin = Origin::parse(text)?;
    let local_name = |name: &str| name == "localhost" || name.ends_with(".localhost");
    let loopback = origin.host().is_loopback_address() || origin.host().name().is_some_and(local_name);
    if origin.scheme() == Scheme::Https || loopback { Ok(origin) } else { Err(InvalidOrigin::Plain) }
}

/// Returns whether two origins may be on the same site: the same scheme, and the same host or hosts with at least two
/// labels in common. Under every list of public suffixes, others are on different sites.
pub(crate) fn may_be_same_site(one: &Origin, other: &Origin) -> bool {
    // A trailing dot is part of a host name, and not a label.
    let labels = |origin: &Origin| {
        let name = origin.host().name()?.trim_end_matches('.');
        Some(name.rsplit('.').map(str::to_owned).collect::<Vec<_>>())
    };
    let related = match (labels(one), labels(other)) {
        (Some(one), Some(other)) => {
            one == other || one.iter().zip(&other).take_while(|(one, other)| one == other).count() >= 2
        }
        _ => one.host() == other.host(),
    };
    one.scheme() == other.scheme() && related
}

/// Returns whether `text` has the form of an Android app's hash: 11 characters of Base64.
pub(crate) fn is_app_hash(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len() == 11 && text.bytes().all(base64)
}

/// Returns whether `path` is a valid prefix of other paths: absolute, without a trailing slash, of plain
/// segments.
pub(crate) fn is_mount_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    path.strip_prefix('/').is_some_and(|rest| {
        rest.split('/')
            .all(|segment| !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain))
    })
}

/// Returns whether browsers can be redirected to `url`: a path of the app, or an address on another site.
pub(crate) fn is_login_url(url: &str) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = url.starts_with('/') && !url.starts_with("//");
    // Without slashes, browsers would resolve `https:login` relative to the page.
    let written_out = url.starts_with("http://") || url.starts_with("https://");
    plain && (path || written_out && Origin::split(url).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_page_is_a_path_or_a_whole_address() {
        for url in ["/login", "/login?next=1", "https://login.example/in", "http://127.0.0.1:3000/login"] {
            assert!(is_login_url(url), "{url}");
        }
        let invalid = [
            "",
            "login",
            "//evil.example",
            "/\\evil.example",
            "javascript:x",
            "https:login",
            "https://",
            "ftp://a",
        ];
        for url in invalid.into_iter().chain(["https://alice:secret@login.example", "/log in", "HTTPS:/x"]) {
            assert!(!is_login_url(url), "{url}");
        }
    }

    #[test]
    fn an_origin_is_https_or_on_this_machine() {
        for (text, origin) in [
            ("https://bank.example", Some("https://bank.example")),
            ("https://bank.example/", Some("https://bank.example")),
            ("https://BANK.example:443", Some("https://bank.example")),
            ("https://bank.example:8443", Some("https://bank.example:8443")),
            ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://localhost", Some("http://localhost")),
            ("http://bank.example", None),
            ("https://bank.example/app", None),
            ("https://bank.example?x", None),
            ("https://user@bank.example", None),
            ("ftp://localhost", None),
            ("bank.example", None),
            ("", None),
        ] {
            assert_eq!(parse_origin(text).ok().map(|origin| origin.to_string()).as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn origins_on_certainly_different_sites_are_told_from_others() {
        for (one, other, may) in [
            ("https://bank.example", "https://bank.example:8443", true),
            ("https://app.bank.example", "https://bank.example", true),
            ("https://app.bank.example", "https://api.bank.example", true),
            ("http://127.0.0.1:1", "http://127.0.0.1:2", true),
            ("http://[::1]:1", "http://[::1]:2", true),
            ("http://localhost:1", "http://localhost:2", true),
            ("https://a.co.uk", "https://b.co.uk", true),
            ("https://bank.example", "https://bank-app.example", false),
            ("https://bank.example", "https://bank.com", false),
            ("https://bank.example", "https://example", false),
            ("https://bank.example", "https://evilbank.example", false),
            ("https://bank.localhost", "http://bank.localhost", false),
            ("http://localhost:1", "http://127.0.0.1:1", false),
            ("http://app.localhost", "http://localhost", false),
            ("https://bank.example.", "https://bank.example", true),
            ("http://127.0.0.1", "http://127.1.0.1", false),
            ("http://[::1]", "http://127.0.0.1", false),
            ("https://bank.example.", "https://evil.example.", false),
            ("https://app.bank.example.", "https://bank.example", true),
        ] {
            let (one, other) = (parse_origin(one).unwrap(), parse_origin(other).unwrap());
            assert_eq!(may_be_same_site(&one, &other), may, "{one} and {other}");
            assert_eq!(may_be_same_site(&other, &one), may, "{other} and {one}");
        }
    }

    #[test]
    fn a_stripped_prefix_is_added_on_the_way_out_and_taken_off_on_the_way_in() {
        let site = |public_path: &str| Site {
            name: String::new(),
            origin: "https://bank.example".to_owned(),
            host: "bank.example".to_owned(),
            path: "/mfa".to_owned(),
            public_path: public_path.to_owned(),
            login_url: None,
            trusted_origins: Vec::new(),
            theme: Theme::new(),
            single_code: false,
            code_host: None,
            android_app_hash: None,
        };
        let (whole, app) = (site(""), site("/app"));
        for (own, public) in
            [("/", "/app/"), ("/orders?id=42", "/app/orders?id=42"), ("/app/x", "/app/app/x")]
        {
            assert_eq!((whole.public(own).as_ref(), whole.own(own)), (own, Some(own)));
            assert_eq!((app.public(own).as_ref(), app.own(public)), (public, Some(own)));
        }
        assert_eq!(app.own("/app"), Some("/"));
        for elsewhere in ["/", "/orders", "/apple", "/App/orders", ""] {
            assert_eq!(app.own(elsewhere), None, "{elsewhere}");
        }
        for href in ["https://help.example/", "mailto:help@bank.example", "//cdn.example/x", "tel:+1"] {
            assert_eq!(app.public(href), href);
        }
    }

    #[test]
    fn a_sign_in_page_is_a_path_of_the_app_or_an_address_on_the_web() {
        for good in ["/login", "/login?from=mfa", "/", "https://id.example/login", "http://127.0.0.1:4000/"] {
            assert!(is_login_url(good), "{good}");
        }
        for bad in [
            "",
            "login",
            "//id.example",
            "/\\id.example",
            "/log in",
            "/l\u{f6}gin",
            "javascript:x",
            "/a\r\nb",
        ] {
            assert!(!is_login_url(bad), "{bad}");
        }
    }

    #[test]
    fn a_mount_path_is_absolute_and_plain() {
        for good in ["/mfa", "/auth/step-up"] {
            assert!(is_mount_path(good), "{good}");
        }
        for bad in
            ["", "/", "mfa", "/mfa/", "//mfa", "/a//b", "/{x}", "/a/../b", "/mfa?x", "/mfa#x", "/ä", "/*x"]
        {
            assert!(!is_mount_path(bad), "{bad}");
        }
    }
}
