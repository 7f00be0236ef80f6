//! Request to send a code, checked against every documented limit.

use crate::{
    api_error::ApiError,
    fields::{Fields, at_most},
};

/// Scope of a send or verify that names none.
pub(crate) const DEFAULT_SCOPE: &str = "2FA";

/// The only application id that does not exist. Bandwidth's own tests use this one.
pub(crate) const UNKNOWN_APPLICATION: &str = "not_an_application_id";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SendRequest {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) scope: String,
    pub(crate) template: String,
    pub(crate) digits: u8,
}

impl SendRequest {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let fields = Fields::parse(body)?;
        let to = fields.phone_number("to")?;
        at_most("from number", fields.text("from", "from number")?, 32)?;
        let from = fields.phone_number("from")?;

        let application = fields.text("applicationId", "applicationId")?;
        at_most("applicationId", application, 50)?;
        if application == UNKNOWN_APPLICATION {
            return Err(ApiError::invalid("applicationId is not valid"));
        }

        let template = fields.text("message", "message")?;
        at_most("message", template, 2048)?;
        if !template.contains("{CODE}") {
            return Err(ApiError::invalid("message must contain {CODE}"));
        }

        let digits = fields.number("digits")?;
        let digits = (4..=8u8).find(|whole| f64::from(*whole) == digits);
        let digits = digits.ok_or_else(|| ApiError::invalid("digits must be an integer from 4 to 8"))?;

        let scope = fields.optional_text("scope")?.unwrap_or(DEFAULT_SCOPE);
        at_most("scope", scope, 25)?;

        Ok(Self {
            to: to.to_owned(),
            from: from.to_owned(),
            scope: scope.to_owned(),
            template: template.to_owned(),
            digits,
        })
    }

    /// Returns the text that the phone receives. All placeholders are replaced in one pass over the template, so
    /// that a scope or name that looks like a placeholder is not replaced.
    pub(crate) fn text(&self, code: &str, name: &str) -> String {
        let mut text = String::with_capacity(self.template.len());
        let mut rest = self.template.as_str();
        while let Some(at) = rest.find('{') {
            let (before, from_brace) = rest.split_at(at);
            text.push_str(before);
            let filled = [("{CODE}", code), ("{NAME}", name), ("{SCOPE}", self.scope.as_str())]
                .into_iter()
                .find_map(|(placeholder, value)| Some((from_brace.strip_prefix(placeholder)?, value)));
            rest = match filled {
                Some((after, value)) => {
                    text.push_str(value);
                    after
                }
                None => {
                    text.push('{');
                    from_brace.get(1..).unwrap_or_default()
                }
            };
        }
        text.push_str(rest);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(template: &str, scope: &str) -> SendRequest {
        SendRequest {
            to: "+12025550123".into(),
            from: "+12025550100".into(),
            scope: scope.into(),
            template: template.into(),
            digits: 6,
        }
    }

    #[test]
    fn every_placeholder_is_replaced_at_any_place() {
        let cases = [
            ("twice", "{CODE} is {NAME}'s {SCOPE} code: {CODE}", "s", "123456 is Bank's s code: 123456"),
            (
                "origin-bound last line",
                "Code {CODE}\n\n@bank.example #{CODE}",
                "s",
                "Code 123456\n\n@bank.example #123456",
            ),
            ("other braces stay", "{{CODE}} {code} {", "s", "{123456} {code} {"),
            ("a scope is not a template", "{SCOPE} {CODE}", "{CODE}", "{CODE} 123456"),
            ("beyond ASCII", "é{CODE}é{", "s", "é123456é{"),
        ];
        for (name, template, scope, expected) in cases {
            assert_eq!(send(template, scope).text("123456", "Bank"), expected, "{name}");
        }
    }
}
