//! Answers in plain types.

use std::{borrow::Cow, time::Duration};

use mfakit_core::adapter::whole_seconds;

use crate::problem::{Kind, Problem};

/// Header that keeps an answer out of caches. Our answers and those of guarded routes have it [HTTP-8].
pub(crate) const NO_STORE: (&str, &str) = ("cache-control", "no-store");

/// Answer to a request in plain types, which an adapter converts to the response of its framework.
///
/// mfakit's answers have `Cache-Control: no-store`, `X-Content-Type-Options: nosniff` and
/// `Cross-Origin-Resource-Policy: same-origin`.
///
/// ```
/// use mfakit_middleware::Answer;
///
/// let answer = Answer::new(200).content("text/plain", b"done".as_slice());
/// assert!(answer.headers.contains(&("cache-control".into(), "no-store".to_owned())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "an answer has no effect until it is sent"]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers: names in lower case, and values. A name can occur more than once.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// Body.
    pub body: Cow<'static, [u8]>,
    /// Kind of the rejection, if the answer is one.
    pub(crate) kind: Option<Kind>,
    /// Problem that the body contains as JSON, if there is one.
    pub(crate) problem: Option<Box<Problem>>,
}

impl Answer {
    /// Creates an answer without a body.
    pub fn new(status: u16) -> Self {
        let always = [
            NO_STORE,
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        let headers = always.map(|(name, value)| (name.into(), value.to_owned())).to_vec();
        Self { status, headers, body: Cow::Borrowed(&[]), kind: None, problem: None }
    }

    /// Creates an answer from the parts of a response, without adding any header.
    pub fn from_parts(
        status: u16,
        headers: Vec<(Cow<'static, str>, String)>,
        body: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        Self { status, headers, body: body.into(), kind: None, problem: None }
    }

    /// Returns the kind of the rejection, or `None` if the answer is not a rejection. Adapters put it into the
    /// extensions of the response.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Sets the body and its media type.
    pub fn content(self, media_type: &str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        let mut answer = self.header("content-type", media_type);
        answer.body = body.into();
        answer
    }

    /// Creates a redirect that is followed with a `GET` (RFC 9110, section 15.4.4).
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::new(303).header("location", location)
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a header that the answer already has.
    pub(crate) fn replacing(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(of, _)| of != name);
        self.header(name, value)
    }

    /// Adds the request headers that the choice of format and caller depends on to `Vary`.
    pub fn negotiated(self) -> Self {
        self.varying("Cookie, Accept, Sec-Fetch-Mode")
    }

    /// Adds request headers that the answer depends on to `Vary`.
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

    /// Marks the answer as a rejection of this kind.
    pub(crate) const fn rejecting(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }
}

impl Problem {
    /// Returns the problem as an answer in JSON.
    pub(crate) fn into_answer(self) -> Answer {
        let body = self.to_json().into_bytes();
        let answer = Answer::new(self.kind().status()).content("application/problem+json", body).negotiated();
        let answer = with_retry_after(answer, self.wait());
        let mut answer = match self.page() {
            Some(page) => linked(answer, page),
            None => answer,
        };
        let kind = self.kind();
        answer.problem = Some(Box::new(self));
        answer.rejecting(kind)
    }
}

/// Adds a link to the page that people are led to (RFC 8288). A script may show that page or navigate to it.
pub(crate) fn linked(answer: Answer, page: &str) -> Answer {
    answer.header("link", format!("<{page}>; rel=\"alternate\"; type=\"text/html\""))
}

/// Adds a link to the situation, for programs that are never led to a page (RFC 8288).
pub(crate) fn described(answer: Answer, situation: &str) -> Answer {
    answer.header("link", format!("<{situation}>; rel=\"describedby\"; type=\"application/json\""))
}

/// Adds the time to wait, in whole seconds (RFC 9110, section 10.2.3).
pub(crate) fn with_retry_after(answer: Answer, wait: Option<Duration>) -> Answer {
    match wait {
        Some(wait) => answer.header("retry-after", whole_seconds(wait).to_string()),
        None => answer,
    }
}
