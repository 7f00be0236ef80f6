//! Value of a `Set-Cookie` header.
//!
//! 1. Every cookie is bound to the host, the path `/` and TLS, as its `__Host-` prefix demands
//!    (RFC 6265bis, section 4.1.3.2).
//! 2. Names and values are written unquoted. A value with a character that a cookie cannot contain is replaced by the
//!    empty value, so no value can add an attribute.

use std::{fmt, time::Duration};

/// Cookie to set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetCookie<'a> {
    /// Name, which begins with `__Host-`.
    pub(crate) name: &'a str,
    /// Value. If it is empty, the cookie carries nothing.
    pub(crate) value: &'a str,
    /// Requests from other sites that carry the cookie.
    pub(crate) same_site: SameSite,
    /// True if scripts can read the cookie.
    pub(crate) scripts_read_it: bool,
    /// Time that the browser keeps the cookie. Zero removes it.
    pub(crate) lifetime: Duration,
}

/// Requests from other sites that carry a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SameSite {
    /// Navigations with a safe method.
    Lax,
    /// None.
    Strict,
}

impl fmt::Display for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, same_site, scripts_read_it, lifetime } = *self;
        let value = if value.bytes().all(is_octet) { value } else { "" };
        let http_only = if scripts_read_it { "" } else { "; HttpOnly" };
        let same_site = match same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let max_age = lifetime.as_secs();
        write!(f, "{name}={value}{http_only}; SameSite={same_site}; Secure; Path=/; Max-Age={max_age}")
    }
}

/// Returns whether a value can contain this byte (RFC 6265, section 4.1.1).
const fn is_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(value: &str, same_site: SameSite, scripts_read_it: bool, seconds: u64) -> String {
        let lifetime = Duration::new(seconds, 999_999_999);
        SetCookie { name: "__Host-x", value, same_site, scripts_read_it, lifetime }.to_string()
    }

    #[test]
    fn a_cookie_has_every_attribute_that_its_prefix_demands() {
        for (written, expected) in [
            (
                set("a", SameSite::Lax, false, 300),
                "__Host-x=a; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=300",
            ),
            (set("a", SameSite::Strict, true, 60), "__Host-x=a; SameSite=Strict; Secure; Path=/; Max-Age=60"),
            (
                set("", SameSite::Lax, false, 0),
                "__Host-x=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0",
            ),
        ] {
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn only_characters_of_a_cookie_value_are_written() {
        // The ranges of RFC 6265, section 4.1.1.
        let octets = ['!'..='!', '#'..='+', '-'..=':', '<'..='[', ']'..='~'];
        for character in (0..=0x2ff).filter_map(char::from_u32) {
            let value = format!("a{character}b");
            let written = set(&value, SameSite::Lax, false, 1);
            let kept = octets.iter().any(|range| range.contains(&character));
            let expected = if kept { value.as_str() } else { "" };
            let expected = format!("__Host-x={expected}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1");
            assert_eq!(written, expected, "{character:?}");
        }
    }
}
