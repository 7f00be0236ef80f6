//! In which form a caller of the routes wants the answer.

use crate::{asker::Asker, facts::Facts, form::Format};

/// In which form a caller of the routes wants the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// JSON, for programs.
    Json,
    /// Pages and redirects, for a browser that is changing pages.
    Redirect,
    /// The page itself and never a redirect, for a script that shows it: our module does, in a dialog.
    Page,
}

impl Reply {
    /// A script gets the page when it asks for `text/html` and not for JSON, and sends a form or nothing.
    pub(super) fn wanted(asker: Asker, facts: &Facts) -> Self {
        let names = |media_type| facts.accept.as_deref().is_some_and(|accept| accept.contains(media_type));
        let form = match facts.content_type.as_deref() {
            Some(content_type) => Format::named(Some(content_type)) == Some(Format::Form),
            None => true,
        };
        match asker {
            Asker::Navigation => Self::Redirect,
            Asker::Script if names("text/html") && !names("json") && form => Self::Page,
            Asker::Script | Asker::Token => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_script_that_asks_for_html_by_a_form_is_given_the_page() {
        let form = Some("application/x-www-form-urlencoded");
        for (name, asker, accept, content_type, reply) in [
            ("a browser", Asker::Navigation, "text/html", form, Reply::Redirect),
            ("our module, looking", Asker::Script, "text/html", None, Reply::Page),
            ("our module, sending", Asker::Script, "text/html", form, Reply::Page),
            ("a script that takes anything", Asker::Script, "*/*", form, Reply::Json),
            (
                "a script that takes JSON as well",
                Asker::Script,
                "text/html, application/json",
                form,
                Reply::Json,
            ),
            ("a script that sends JSON", Asker::Script, "text/html", Some("application/json"), Reply::Json),
            ("a token", Asker::Token, "text/html", form, Reply::Json),
        ] {
            let facts = Facts {
                accept: Some(accept.to_owned()),
                content_type: content_type.map(str::to_owned),
                ..Facts::default()
            };
            assert_eq!(Reply::wanted(asker, &facts), reply, "{name}");
        }
    }
}
