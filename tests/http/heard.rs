//! What the app answered, and what the answer cost.

use serde_json::Value;

/// One answer, and what happened on the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How often a handler ran.
    pub(crate) runs: usize,
    /// How often an extractor of a handler ran.
    pub(crate) extracted: usize,
    /// How often the app was asked who it is.
    pub(crate) identified: usize,
    /// How many bytes of the body were asked for. A body that never comes counts as one.
    pub(crate) body_read: usize,
}

impl Heard {
    /// The one value of a header, or `None`; a header that comes twice is a failure.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers_named(name);
        assert!(values.len() <= 1, "{name} comes {} times: {self}", values.len());
        values.first().copied()
    }

    /// Every value of a header.
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

    /// A refusal as programs read it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, name: &str) -> Value {
        self.status(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let members = self.value();
        assert_eq!(members["type"], format!("urn:mfakit:problem:{name}"), "{self}");
        members
    }

    /// A page of ours.
    #[track_caller]
    pub(crate) fn page(&self, status: u16) -> String {
        self.status(status);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"), "{self}");
        self.text()
    }

    /// "Look there instead."
    #[track_caller]
    pub(crate) fn goes_to(&self, location: &str) -> &Self {
        self.status(303);
        assert_eq!(self.header("location"), Some(location), "{self}");
        self
    }

    /// The person is sent to the page of this scope; gives the sealed target.
    #[track_caller]
    pub(crate) fn goes_to_page(&self, scope: &str) -> String {
        self.status(303);
        let location = self.header("location").unwrap_or_default();
        let sealed = location.strip_prefix(&format!("/mfa/{scope}?return="));
        sealed.unwrap_or_else(|| panic!("not to the page of {scope}: {self}")).to_owned()
    }

    /// Nothing behind the guard was touched [GUARD-1].
    #[track_caller]
    pub(crate) fn untouched(&self) -> &Self {
        let touched = (self.runs, self.extracted, self.body_read);
        assert_eq!(touched, (0, 0, 0), "(handler runs, extractors, bytes read): {self}");
        self
    }

    /// The handler ran, once.
    #[track_caller]
    pub(crate) fn passed(&self) -> &Self {
        assert_eq!((self.status, self.runs), (200, 1), "{self}");
        self
    }

    /// The seconds of `Retry-After`.
    #[track_caller]
    pub(crate) fn retry_after(&self) -> u64 {
        let value = self.header("retry-after").unwrap_or_else(|| panic!("no Retry-After: {self}"));
        value.parse().unwrap_or_else(|_| panic!("no number of seconds: {self}"))
    }

    /// The `name=value` that the browser is told to keep.
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
