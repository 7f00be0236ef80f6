//! Origins of web pages, as browsers write them (RFC 6454, section 6.2).
//!
//! Browsers rewrite what people type before they compare or send it. This parser accepts only text that needs no such
//! rewriting, except for capital letters, a written default port, and other spellings of an IPv6 address. So everything
//! that is accepted names the same origin for every browser (WHATWG URL Standard), and everything else is rejected:
//!
//! 1. A host is an IPv4 address of four decimal numbers, an IPv6 address in brackets, or a name of letters, digits,
//!    hyphens, underscores and dots. One trailing dot is part of a name.
//! 2. A name whose last label is a number is rejected, because browsers read it as an IPv4 address: `127.1`, `0x7f.1`.
//! 3. Names with other letters are written in their ASCII form (`xn--…`), because browsers never write another.

use std::{
    fmt::{self, Display},
    net::{Ipv4Addr, Ipv6Addr},
};

/// Origin of http or https.
///
/// `Display` writes it as browsers do, such as `https://bank.example:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: Host,
    /// Port, if it is not the default of the scheme.
    port: Option<u16>,
}

/// Scheme of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`.
    Http,
    /// `https`.
    Https,
}

/// Host of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Name in lower case.
    Name(String),
    /// IPv4 address.
    V4(Ipv4Addr),
    /// IPv6 address.
    V6(Ipv6Addr),
}

impl Origin {
    /// Reads an origin that is written alone. A slash at its end is accepted.
    ///
    /// # Errors
    ///
    /// Returns the first part that is not valid, or that is not part of an origin.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let (origin, rest) = Self::split(text)?;
        match (rest, rest.as_bytes().first()) {
            ("" | "/", _) => Ok(origin),
            (_, Some(b'?')) => Err(InvalidOrigin::Query),
            (_, Some(b'#')) => Err(InvalidOrigin::Fragment),
            _ => Err(InvalidOrigin::Path),
        }
    }

    /// Reads the origin at the beginning of a URL. Also returns the rest of the URL, unread: it is empty, or begins with
    /// a slash, a question mark or a number sign.
    ///
    /// # Errors
    ///
    /// Returns the first part that is not valid.
    pub fn split(url: &str) -> Result<(Self, &str), InvalidOrigin> {
        let (scheme, rest) = url.split_once("://").ok_or(InvalidOrigin::Scheme)?;
        let scheme = Scheme::read(scheme).ok_or(InvalidOrigin::Scheme)?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        Ok((Self::of_authority(scheme, authority)?, rest))
    }

    /// Reads a host and a port, such as those of a `Host` header.
    ///
    /// # Errors
    ///
    /// Returns the first part that is not valid.
    pub fn of_authority(scheme: Scheme, authority: &str) -> Result<Self, InvalidOrigin> {
        if authority.contains('@') {
            return Err(InvalidOrigin::UserInfo);
        }
        // The colons of an IPv6 address are in brackets.
        let end = if authority.starts_with('[') { authority.find(']').unwrap_or(authority.len()) } else { 0 };
        let colon = authority.get(end..).and_then(|rest| rest.find(':')).map(|colon| end + colon);
        let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
        let port = port.strip_prefix(':').map(read_port).transpose()?;
        let port = port.filter(|port| *port != scheme.default_port());
        Ok(Self { scheme, host: Host::read(host)?, port })
    }

    /// Returns the scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the host.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }
}

impl Scheme {
    fn read(text: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| text.eq_ignore_ascii_case(scheme.as_str()))
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Host {
    fn read(text: &str) -> Result<Self, InvalidOrigin> {
        if let Some(address) = text.strip_prefix('[') {
            let address = address.strip_suffix(']').and_then(|address| address.parse().ok());
            return address.map(Self::V6).ok_or(InvalidOrigin::Host);
        }
        if !text.is_ascii() {
            return Err(InvalidOrigin::NotAscii);
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::V4(address));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let mut labels = text.strip_suffix('.').unwrap_or(text).split('.');
        if !labels.clone().all(|label| !label.is_empty() && label.bytes().all(plain)) {
            return Err(InvalidOrigin::Host);
        }
        if labels.next_back().is_some_and(is_number) {
            return Err(InvalidOrigin::Number);
        }
        Ok(Self::Name(text.to_ascii_lowercase()))
    }

    /// Returns whether the host is an address of this machine.
    #[must_use]
    pub fn is_loopback_address(&self) -> bool {
        match self {
            Self::Name(_) => false,
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }

    /// Returns the name, or `None` if the host is an address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::V4(_) | Self::V6(_) => None,
        }
    }
}

/// Reads a port in its shortest form.
fn read_port(text: &str) -> Result<u16, InvalidOrigin> {
    let port = text.parse::<u16>().map_err(|_| InvalidOrigin::Port)?;
    if port.to_string() == text { Ok(port) } else { Err(InvalidOrigin::Port) }
}

/// Returns whether browsers read a name with this last label as an IPv4 address.
fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            // Unlike the standard library, browsers write no part of an IPv6 address in decimal.
            Self::V6(address) => match (address.to_ipv4_mapped(), address.segments()) {
                (Some(_), [.., high, low]) => write!(f, "[::ffff:{high:x}:{low:x}]"),
                (None, _) => write!(f, "[{address}]"),
            },
        }
    }
}

/// Error for text that is not an origin as browsers write it. It says what to write instead.
///
/// ```
/// use mfakit_core::{BuildError, Mfa, MfaProvider, error::InvalidOrigin};
///
/// # fn example(bandwidth: impl MfaProvider) {
/// let builder = Mfa::builder(bandwidth, "https://bücher.example").scope("order", "order").messaging_to(["DE"]);
/// let error = builder.build().unwrap_err();
/// assert!(matches!(error, BuildError::Origin { why: InvalidOrigin::NotAscii, .. }));
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOrigin {
    /// The text begins with neither `https://` nor `http://`.
    #[error("begin with \"https://\", or with \"http://\" on loopback")]
    Scheme,
    /// The scheme is http, and the host is not loopback.
    #[error("http is allowed only on loopback, so write \"https://\"")]
    Plain,
    /// The text contains a user name or a password.
    #[error("remove the user name and the password")]
    UserInfo,
    /// The host contains a character that is not ASCII.
    #[error("write the host as browsers send it, in ASCII, such as \"xn--bcher-kva.example\"")]
    NotAscii,
    /// The host is neither a name nor an address.
    #[error(
        "write a host of letters, digits, hyphens, underscores and dots, an IPv4 address, or an IPv6 address in brackets"
    )]
    Host,
    /// The host ends with a number, but is not an IPv4 address of four decimal numbers.
    #[error("write an IPv4 address as four decimal numbers, such as \"127.0.0.1\"")]
    Number,
    /// The port is not a number from 0 to 65535 without leading zeros.
    #[error("write the port as a number up to 65535 without leading zeros, or leave out the colon as well")]
    Port,
    /// The text contains a path.
    #[error("write only the scheme, host and port, without a path")]
    Path,
    /// The text contains a query.
    #[error("write only the scheme, host and port, without a query")]
    Query,
    /// The text contains a fragment.
    #[error("write only the scheme, host and port, without a fragment")]
    Fragment,
}

#[cfg(test)]
mod tests;
