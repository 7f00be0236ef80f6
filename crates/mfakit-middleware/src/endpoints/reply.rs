//! Form of the answer to a call to one of the routes.

use crate::{
    client_kind::{ClientKind, Representation},
    facts::Facts,
    form::Format,
};

/// Form of the answer to a call to one of the routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// JSON, for programs.
    Json,
    /// Pages and redirects, for a browser that is navigating.
    Redirect,
    /// The page itself and never a redirect, for a script that shows it, as our module does in a dialog.
    Page,
}

impl Reply {
    /// Follows `Accept`, except that JSON is always answered with JSON.
    pub(super) fn wanted(client: ClientKind, facts: &Facts) -> Self {
        let sends_json = Format::named(facts.content_type.as_deref()) == Some(Format::Json);
        match (client, Representation::wanted(client, facts)) {
            (ClientKind::Navigation, Representation::Page) => Self::Redirect,
            (ClientKind::Script | ClientKind::Token, Representation::Page) if !sends_json => Self::Page,
            (
                ClientKind::Navigation | ClientKind::Script | ClientKind::Token,
                Representation::Page | Representation::Json,
            ) => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_prefers_a_page_and_sends_no_json_gets_the_page() {
        let form = Some("application/x-www-form-urlencoded");
        let both = "text/html, application/json";
        for (name, client, accept, content_type, reply) in [
            ("a browser", ClientKind::Navigation, "text/html", form, Reply::Redirect),
            ("our module, looking", ClientKind::Script, "text/html", None, Reply::Page),
            ("our module, sending", ClientKind::Script, "text/html", form, Reply::Page),
            (
                "a script that sends what is no form",
                ClientKind::Script,
                "text/html",
                Some("text/plain"),
                Reply::Page,
            ),
            ("a script that takes anything", ClientKind::Script, "*/*", form, Reply::Json),
            ("a script that takes JSON as well", ClientKind::Script, both, form, Reply::Json),
            ("a script that prefers JSON", ClientKind::Script, "text/html;q=0.9, */*", form, Reply::Json),
            (
                "a script that sends JSON",
                ClientKind::Script,
                "text/html",
                Some("application/json"),
                Reply::Json,
            ),
            ("a token that asks for a page", ClientKind::Token, "text/html", form, Reply::Page),
            ("a token", ClientKind::Token, "*/*", form, Reply::Json),
        ] {
            let facts = Facts {
                accept: Some(accept.to_owned()),
                content_type: content_type.map(str::to_owned),
                ..Facts::default()
            };
            assert_eq!(Reply::wanted(client, &facts), reply, "{name}");
        }
    }
}
