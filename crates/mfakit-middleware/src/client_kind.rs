//! Kinds of clients, and the format of their answers.

use mfakit_core::{Recognition, Subject};

use crate::{
    accept::{Preference, names_page, preference},
    facts::Facts,
};

/// Kind of client that sends a request. It decides the treatment: only a [`Navigation`](Self::Navigation) is
/// redirected.
///
/// ```
/// use mfakit_middleware::{ClientKind, Facts};
///
/// let browser = Facts::read("GET", Some("/"), |name| {
///     (name == "sec-fetch-mode").then_some(b"navigate".as_slice()).into_iter()
/// });
/// assert_eq!(ClientKind::of(&browser, None), ClientKind::Navigation);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientKind {
    /// A client that the app recognized by a bearer token.
    Token,
    /// A script in a page, or any other program.
    Script,
    /// A browser that is navigating to a page.
    Navigation,
}

impl ClientKind {
    /// Returns the kind of client.
    ///
    /// | the app recognized a bearer token | `Sec-Fetch-Mode` | `Accept` prefers | |
    /// |---|---|---|---|
    /// | yes | – | – | `Token` |
    /// | no | `navigate` | JSON | `Script` |
    /// | no | `navigate` | HTML, or neither | `Navigation` |
    /// | no | any other | – | `Script` |
    /// | no | absent | HTML, and names it | `Navigation` |
    /// | no | absent | anything else | `Script` |
    #[must_use]
    pub fn of(facts: &Facts, subject: Option<&Subject>) -> Self {
        if subject.is_some_and(|subject| subject.recognition() == Recognition::Bearer) {
            return Self::Token;
        }
        let accept = facts.accept.as_deref();
        let navigates = match facts.fetch_mode.as_deref() {
            Some(mode) => mode == "navigate" && preference(accept) != Preference::Json,
            None => preference(accept) == Preference::Html && names_page(accept),
        };
        if navigates { Self::Navigation } else { Self::Script }
    }
}

/// Format in which an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    /// A page.
    Page,
    /// JSON.
    Json,
}

impl Representation {
    /// Follows `Accept`, for every client. Without a preference, a navigating browser gets a page, and every
    /// other client gets JSON.
    #[must_use]
    pub(crate) fn wanted(client: ClientKind, facts: &Facts) -> Self {
        match (preference(facts.accept.as_deref()), client) {
            (Preference::Html, _) | (Preference::Either, ClientKind::Navigation) => Self::Page,
            (Preference::Json, _) | (Preference::Either, ClientKind::Token | ClientKind::Script) => {
                Self::Json
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mfakit_core::LoginId;

    #[test]
    fn the_app_and_the_browser_determine_the_kind_and_accept_determines_the_format() {
        let (cookie, bearer) = (Subject::cookie("a", LoginId::random()), Subject::bearer("a", "jti"));
        let html = Some("text/html,application/xhtml+xml,*/*;q=0.8");
        let (any, json) = (Some("*/*"), Some("application/json"));
        let (cookie, bearer) = (Some(&cookie), Some(&bearer));
        for (name, subject, mode, accept, client, format) in [
            ("a page change", cookie, Some("navigate"), html, ClientKind::Navigation, Representation::Page),
            (
                "an unauthenticated page change",
                None,
                Some("navigate"),
                html,
                ClientKind::Navigation,
                Representation::Page,
            ),
            (
                "a page change that takes anything",
                cookie,
                Some("navigate"),
                any,
                ClientKind::Navigation,
                Representation::Page,
            ),
            (
                "a page change that takes no page",
                cookie,
                Some("navigate"),
                json,
                ClientKind::Script,
                Representation::Json,
            ),
            (
                "a page change by a service worker",
                cookie,
                Some("same-origin"),
                html,
                ClientKind::Script,
                Representation::Page,
            ),
            (
                "a script that asks for a page",
                cookie,
                Some("cors"),
                html,
                ClientKind::Script,
                Representation::Page,
            ),
            ("a script", cookie, Some("cors"), any, ClientKind::Script, Representation::Json),
            ("a script without Accept", cookie, Some("cors"), None, ClientKind::Script, Representation::Json),
            ("an old browser", cookie, None, html, ClientKind::Navigation, Representation::Page),
            (
                "a program that takes any text",
                cookie,
                None,
                Some("text/*"),
                ClientKind::Script,
                Representation::Page,
            ),
            ("a program", cookie, None, any, ClientKind::Script, Representation::Json),
            ("a program without Accept", None, None, None, ClientKind::Script, Representation::Json),
            ("a program that asks for JSON", None, None, json, ClientKind::Script, Representation::Json),
            ("a token", bearer, None, any, ClientKind::Token, Representation::Json),
            (
                "a token without Accept",
                bearer,
                Some("navigate"),
                None,
                ClientKind::Token,
                Representation::Json,
            ),
            (
                "a token that asks for a page",
                bearer,
                Some("navigate"),
                html,
                ClientKind::Token,
                Representation::Page,
            ),
            (
                "a doubled mode",
                cookie,
                Some("navigate, navigate"),
                any,
                ClientKind::Script,
                Representation::Json,
            ),
        ] {
            let facts = Facts {
                fetch_mode: mode.map(str::to_owned),
                accept: accept.map(str::to_owned),
                ..Facts::default()
            };
            let found = ClientKind::of(&facts, subject);
            assert_eq!((found, Representation::wanted(found, &facts)), (client, format), "{name}");
        }
    }
}
