//! Who is asking, and in which form they can use an answer.

use mfakit_core::{Recognition, Subject};

use crate::facts::Facts;

/// Who is asking, and so in which form they can use an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A program that the app recognised by a bearer token.
    Token,
    /// A script in a page, or any other program.
    Script,
    /// A browser that is changing pages.
    Navigation,
}

impl Asker {
    /// Only a subject that the app recognised by a bearer token makes a [`Token`](Self::Token). For the
    /// others the browser says it (`Sec-Fetch-Mode: navigate`), or else what they accept.
    #[must_use]
    pub fn of(facts: &Facts, subject: Option<&Subject>) -> Self {
        if subject.is_some_and(|subject| subject.recognition() == Recognition::Bearer) {
            return Self::Token;
        }
        let navigates = match facts.fetch_mode.as_deref() {
            Some(mode) => mode == "navigate",
            None => facts.accept.as_deref().is_some_and(names_html),
        };
        if navigates { Self::Navigation } else { Self::Script }
    }
}

/// Whether HTML is named, and not only covered by a wildcard.
fn names_html(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let media_type = range.split(';').next().unwrap_or_default().trim();
        ["text/html", "application/xhtml+xml"].iter().any(|html| media_type.eq_ignore_ascii_case(html))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mfakit_core::LoginId;

    #[test]
    fn the_app_and_the_browser_say_who_asks() {
        let (cookie, bearer) = (Subject::cookie("a", LoginId::random()), Subject::bearer("a", "jti"));
        let html = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (name, subject, mode, accept, asker) in [
            ("a page change", Some(&cookie), Some("navigate"), Some(html), Asker::Navigation),
            ("a script that asks for html", Some(&cookie), Some("cors"), Some(html), Asker::Script),
            ("an old browser", Some(&cookie), None, Some(html), Asker::Navigation),
            ("a program", Some(&cookie), None, Some("*/*"), Asker::Script),
            ("a program that says nothing", None, None, None, Asker::Script),
            ("somebody anonymous in a browser", None, Some("navigate"), Some(html), Asker::Navigation),
            ("a token, whatever it accepts", Some(&bearer), Some("navigate"), Some(html), Asker::Token),
            ("a doubled header", Some(&cookie), Some("navigate, navigate"), Some(html), Asker::Script),
        ] {
            let facts = Facts {
                fetch_mode: mode.map(str::to_owned),
                accept: accept.map(str::to_owned),
                ..Facts::default()
            };
            assert_eq!(Asker::of(&facts, subject), asker, "{name}");
        }
    }
}
