//! HTTP calls in plain types, which every HTTP client can send.

use std::collections::HashMap;

/// HTTP request that a test sends.
///
/// ```
/// use mfakit_middleware::testing::HttpCall;
///
/// let call = HttpCall::new("GET", "http://127.0.0.1:3000/settings?tab=2").header("cookie", "session=abc");
/// assert_eq!(call.path(), "/settings?tab=2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpCall {
    /// Method, such as `POST`.
    pub method: &'static str,
    /// Absolute URL, or a path if the client sends calls to an app in process.
    pub url: String,
    /// Headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// Body. Empty if there is none.
    pub body: String,
}

impl HttpCall {
    /// Creates a request without headers and without a body.
    #[must_use]
    pub fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: HashMap::new(), body: String::new() }
    }

    /// Sets a header. A second call with the same name replaces the value.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_ascii_lowercase(), value.into());
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the path and the query of the URL, for a client that sends calls to an app in process.
    #[must_use]
    pub fn path(&self) -> &str {
        let Some((_, rest)) = self.url.split_once("://") else { return &self.url };
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    }
}

/// HTTP response that a test received.
///
/// ```
/// use mfakit_middleware::testing::HttpReply;
///
/// let reply = HttpReply::new(401, [("Content-Type", "application/problem+json")], r#"{"reason":"missing"}"#);
/// assert_eq!(reply.header("content-type"), Some("application/problem+json"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpReply {
    /// Status code.
    pub status: u16,
    /// Headers in the order of the response, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl HttpReply {
    /// Creates a response. `headers` can be a reference to the `HeaderMap` of the crate `http`, and so of reqwest and axum.
    pub fn new<N, V>(status: u16, headers: impl IntoIterator<Item = (N, V)>, body: impl Into<String>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let headers = headers.into_iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_ref()).into_owned();
            (name.as_ref().to_ascii_lowercase(), value)
        });
        Self { status, headers: headers.collect(), body: body.into() }
    }

    /// Returns the first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// Returns the cookies that the response sets, each as a pair of name and value. A deleted cookie has an empty value.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values("set-cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_it = move |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(is_it).map(|(_, value)| value.as_str())
    }
}
