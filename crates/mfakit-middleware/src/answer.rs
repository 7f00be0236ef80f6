//! Answers in plain types.

use std::borrow::Cow;

use crate::problem::Problem;

/// What every answer of ours and of a guarded route says to caches [HTTP-8].
pub const NOT_KEPT: (&str, &str) = ("cache-control", "no-store");

/// Status, headers and body, in plain types that every framework can translate.
///
/// Every answer of ours carries `Cache-Control: no-store`, `X-Content-Type-Options: nosniff` and
/// `Cross-Origin-Resource-Policy: same-origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Cow<'static, [u8]>,
    /// Problem that the body contains as JSON, if it does.
    pub(crate) problem: Option<Box<Problem>>,
}

impl Answer {
    /// An answer without a body.
    pub fn new(status: u16) -> Self {
        let always = [
            NOT_KEPT,
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        let headers = always.map(|(name, value)| (name.into(), value.to_owned())).to_vec();
        Self { status, headers, body: Cow::Borrowed(&[]), problem: None }
    }

    /// A body of this media type.
    pub fn content(self, media_type: &str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        let mut answer = self.header("content-type", media_type);
        answer.body = body.into();
        answer
    }

    /// "Look there instead", with a `GET` (RFC 9110, section 15.4.4).
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::new(303).header("location", location)
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Says that the answer depends on who asks and how.
    pub fn negotiated(self) -> Self {
        self.varying("Cookie, Accept, Sec-Fetch-Mode")
    }

    /// Adds request headers that the answer depends on.
    pub fn varying(mut self, names: &str) -> Self {
        match self.headers.iter_mut().find(|(name, _)| name == "vary") {
            Some((_, vary)) => {
                vary.push_str(", ");
                vary.push_str(names);
                self
            }
            None => self.header("vary", names),
        }
    }
}
