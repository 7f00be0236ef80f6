//! Cases of a guarded request.

use std::time::Duration;

use super::store::Fault;

/// Caller of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Alice,
    /// Alice in another session.
    Elsewhere,
    /// A program with a bearer token of Alice.
    Program,
    Anonymous,
    Nameless,
    Fails,
    Misconfigured,
    Panics,
}

/// Event while the handler's arguments are extracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum During {
    Nothing,
    /// Two seconds pass.
    Second,
    /// Two seconds pass, and the grant is revoked.
    Revocation,
    /// Two seconds pass, and the store fails.
    Outage,
    /// The grant expires.
    End,
}

/// Case of a guarded request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    /// Cookies of the request. `None` for those of a browser, with the grant's.
    pub(crate) cookie: Option<&'static str>,
    /// Time between the grant and the request.
    pub(crate) later: Duration,
    pub(crate) fault: Fault,
    pub(crate) during: During,
    status: u16,
}

impl Case {
    const fn new(name: &'static str, status: u16) -> Self {
        let (who, cookie, later) = (Who::Alice, None, Duration::ZERO);
        Self { name, who, cookie, later, fault: Fault::Nothing, during: During::Nothing, status }
    }

    const fn of(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    const fn cookie(mut self, cookie: &'static str) -> Self {
        self.cookie = Some(cookie);
        self
    }

    const fn later(mut self, seconds: u64) -> Self {
        self.later = Duration::from_secs(seconds);
        self
    }

    const fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    const fn during(mut self, during: During) -> Self {
        self.during = during;
        self
    }

    /// Returns the status on a route. Layers decide before the arguments are extracted. So do handlers that call the
    /// guard themselves first.
    pub(crate) fn status_on(&self, route: &str) -> u16 {
        if self.during != During::Nothing && matches!(route, "/layer" | "/inside") {
            200
        } else {
            self.status
        }
    }
}

pub(crate) const CASES: [Case; 18] = [
    Case::new("with the grant's cookie", 200),
    Case::new("with a bearer token", 200).of(Who::Program),
    Case::new("just before the grant expires", 200).later(599),
    Case::new("when two seconds pass meanwhile", 200).during(During::Second),
    Case::new("without cookies", 401).cookie(""),
    Case::new("with a planted cookie", 401)
        .cookie("__Host-mfa-pay=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    Case::new("in another session", 401).of(Who::Elsewhere),
    Case::new("when the grant has expired", 401).later(600),
    Case::new("of an unauthenticated caller", 401).of(Who::Anonymous),
    Case::new("when the grant is revoked meanwhile", 401).during(During::Revocation),
    Case::new("when the grant expires meanwhile", 401).during(During::End),
    Case::new("when the store fails meanwhile", 503).during(During::Outage),
    Case::new("when the store fails", 503).fault(Fault::Fails),
    Case::new("when the store panics", 500).fault(Fault::Panics),
    Case::new("when the app's function fails", 503).of(Who::Fails),
    Case::new("when the app is misconfigured", 500).of(Who::Misconfigured),
    Case::new("of a caller without a name", 500).of(Who::Nameless),
    Case::new("when the app's function panics", 500).of(Who::Panics),
];
