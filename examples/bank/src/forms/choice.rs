//! Form for settings.

use serde::Deserialize;

use crate::accounts::Settings;

/// Fields of the settings form. A checkbox that is not checked is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Display name.
    pub display_name: String,
    /// Any value, if the checkbox is checked.
    pub paper_statements: Option<String>,
}

impl Choice {
    /// Returns the chosen settings, which may have a [problem](Settings::problem).
    #[must_use]
    pub fn settings(self) -> Settings {
        Settings {
            display_name: self.display_name.trim().to_owned(),
            paper_statements: self.paper_statements.is_some(),
        }
    }
}
