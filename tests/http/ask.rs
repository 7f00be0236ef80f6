//! Requests to the app.

use std::{net::IpAddr, sync::Arc};

use serde_json::Value;
use tokio::sync::Notify;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: Body,
    pub(crate) who: Who,
    /// Address of the client, if the server reports one.
    pub(crate) peer: Option<IpAddr>,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
}

/// Body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// No body.
    Empty,
    /// These bytes, in pieces of at most a kilobyte.
    Bytes(Vec<u8>),
    /// A body that is announced and never arrives.
    Silent,
    /// A body that breaks off with an error after these bytes.
    Broken(Vec<u8>),
    /// Body that waits between its two halves.
    Pausing([Vec<u8>; 2], Pause),
}

/// Pause between the two halves of a body. Clones share their state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pause {
    begun: Arc<Notify>,
    over: Arc<Notify>,
}

impl Pause {
    /// Waits until the second half of the body is requested.
    pub(crate) async fn begins(&self) {
        self.begun.notified().await;
    }

    /// Lets the body continue.
    pub(crate) fn end(&self) {
        self.over.notify_one();
    }

    /// Records that the second half is requested, and waits until it may be sent.
    pub(crate) async fn wait(self) {
        self.begun.notify_one();
        self.over.notified().await;
    }
}

/// Caller: each is an entry in the app's table of sessions and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// An anonymous caller.
    Anonymous,
    /// Alice, by her session cookie.
    Alice,
    /// Alice, signed in a second time in another browser.
    AliceElsewhere,
    /// Alice, by a bearer token.
    AliceByToken,
    /// Bob, by his session cookie.
    Bob,
    /// Carol, who has no number on file.
    Carol,
    /// Dave, whose number is in a country that is not on the list.
    Dave,
    /// A user for whom the app's session table cannot be read.
    LookupFails,
    /// A user for whom the app's identity function panics.
    LookupPanics,
    /// A session with an empty user ID.
    NoUser,
    /// Alice, by a session whose `LoginId` was never filled in.
    NoLogin,
    /// Alice, by a bearer token without an ID.
    NoTokenId,
}

impl Who {
    fn credential(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Anonymous => None,
            Self::Alice => Some(("cookie", "session=alice")),
            Self::AliceElsewhere => Some(("cookie", "session=alice-elsewhere")),
            Self::AliceByToken => Some(("authorization", "Bearer alice-token")),
            Self::Bob => Some(("cookie", "session=bob")),
            Self::Carol => Some(("cookie", "session=carol")),
            Self::Dave => Some(("cookie", "session=dave")),
            Self::LookupFails => Some(("cookie", "session=lookup-fails")),
            Self::LookupPanics => Some(("cookie", "session=lookup-panics")),
            Self::NoUser => Some(("cookie", "session=no-user")),
            Self::NoLogin => Some(("cookie", "session=no-login")),
            Self::NoTokenId => Some(("authorization", "Bearer token-without-id")),
        }
    }
}

impl Ask {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            body: Body::Empty,
            who: Who::Anonymous,
            peer: None,
            headers: Vec::new(),
            cookies: Vec::new(),
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    /// Creates a request with JSON from a script of the site itself.
    pub(crate) fn json(target: &str, body: &Value) -> Self {
        Self::json_from_anywhere(target, body).same_origin()
    }

    /// Creates a request with JSON that does not say where it comes from.
    pub(crate) fn json_from_anywhere(target: &str, body: &Value) -> Self {
        Self::post(target).header("content-type", "application/json").body(body.to_string())
    }

    /// Creates a request with a form that a page of the site itself submits.
    pub(crate) fn form(target: &str, body: &str) -> Self {
        Self::post(target).same_origin().navigating().urlencoded(body)
    }

    /// Sets the address of the client.
    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = Some(peer.parse().unwrap());
        self
    }

    pub(crate) fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a `name=value` to the one `Cookie` header that a browser sends.
    pub(crate) fn cookie(mut self, pair: impl Into<String>) -> Self {
        self.cookies.push(pair.into());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    pub(crate) fn urlencoded(self, body: &str) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// Sets a body that breaks off after these bytes.
    pub(crate) fn broken(mut self, bytes: &str) -> Self {
        self.body = Body::Broken(bytes.as_bytes().to_vec());
        self
    }

    /// Sets a body that pauses in its middle.
    pub(crate) fn pausing(mut self, pause: &Pause) -> Self {
        let Body::Bytes(whole) = &self.body else { panic!("there is no body to pause") };
        let (first, second) = whole.split_at(whole.len() / 2);
        self.body = Body::Pausing([first.to_vec(), second.to_vec()], pause.clone());
        self
    }

    /// Sets a body that is announced as a form and never arrives.
    pub(crate) fn silent(mut self) -> Self {
        self.body = Body::Silent;
        self.header("content-type", "application/x-www-form-urlencoded").header("content-length", "1000")
    }

    /// Adds the headers of a browser that navigates.
    pub(crate) fn navigating(self) -> Self {
        let html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        self.header("sec-fetch-mode", "navigate").header("accept", html)
    }

    pub(crate) fn same_origin(self) -> Self {
        self.header("sec-fetch-site", "same-origin")
    }

    /// Returns every header, including the credentials.
    pub(crate) fn all_headers(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        let mut cookies = self.cookies.clone();
        match self.who.credential() {
            Some(("cookie", session)) => cookies.insert(0, session.to_owned()),
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => {}
        }
        if !cookies.is_empty() {
            headers.insert(0, ("cookie".to_owned(), cookies.join("; ")));
        }
        headers
    }
}
