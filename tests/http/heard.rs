//! Answers of the app, and what each cost.

use serde_json::Value;

/// One answer, with counts of what happened before it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Number of runs of handlers.
    pub(crate) runs: usize,
    /// Number of runs of extractors of handlers.
    pub(crate) extracted: usize,
    /// Number of calls of the app's identity function.
    pub(crate) identified: usize,
    /// Number of bytes of the body that were read. A body that never arrives counts as one.
    pub(crate) body_read: usize,
}

impl Heard {
    /// Returns the value of a header, or `None`. Panics if the header occurs twice.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers_named(name);
        assert!(values.len() <= 1, "{name} comes {} times: {self}", values.len());
        values.first().copied()
    }

    /// Returns every value of a header.
    pub(crate) fn headers_named(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(of, _)| of == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }

    #[track_caller]
    pub(crate) fn status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Asserts that it is a rejection in JSON with this status and problem.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, name: &str) -> Value {
        self.status(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let members = self.value();
        assert_eq!(members["type"], format!("urn:mfakit:problem:{name}"), "{self}");
        members
    }

    /// Asserts that it is a challenge page.
    #[track_caller]
    pub(crate) fn page(&self, status: u16) -> String {
        self.status(status);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"), "{self}");
        self.text()
    }

    /// Asserts that it is a redirect to this target.
    #[track_caller]
    pub(crate) fn goes_to(&self, location: &str) -> &Self {
        self.status(303);
        assert_eq!(self.header("location"), Some(location), "{self}");
        self
    }

    /// Asserts that it redirects to the page of this scope, and returns the signed target.
    #[track_caller]
    pub(crate) fn goes_to_page(&self, scope: &str) -> String {
        self.status(303);
        let location = self.header("location").unwrap_or_default();
        let signed = location.strip_prefix(&format!("/mfa/{scope}?return="));
        signed.unwrap_or_else(|| panic!("not to the page of {scope}: {self}")).to_owned()
    }

    /// Asserts that nothing behind the guard was touched [GUARD-1].
    #[track_caller]
    pub(crate) fn untouched(&self) -> &Self {
        let touched = (self.runs, self.extracted, self.body_read);
        assert_eq!(touched, (0, 0, 0), "(handler runs, extractors, bytes read): {self}");
        self
    }

    /// Asserts that the handler ran once.
    #[track_caller]
    pub(crate) fn passed(&self) -> &Self {
        assert_eq!((self.status, self.runs), (200, 1), "{self}");
        self
    }

    /// Returns the seconds of `Retry-After`.
    #[track_caller]
    pub(crate) fn retry_after(&self) -> u64 {
        let value = self.header("retry-after").unwrap_or_else(|| panic!("no Retry-After: {self}"));
        value.parse().unwrap_or_else(|_| panic!("no number of seconds: {self}"))
    }

    /// Returns the `name=value` of the cookie that the answer sets.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        let set = self.header("set-cookie").unwrap_or_else(|| panic!("no Set-Cookie: {self}"));
        set.split(';').next().unwrap_or_default().to_owned()
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, headers, runs, extracted, body_read, .. } = self;
        write!(
            f,
            "{status} {headers:?} (runs {runs}, extractors {extracted}, bytes read {body_read})\n{}",
            self.text()
        )
    }
}
