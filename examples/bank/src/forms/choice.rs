//! What a customer chooses.

use serde::Deserialize;

use crate::accounts::Settings;

/// What a customer typed into the form. A box that is not ticked is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// The name.
    pub display_name: String,
    /// Anything at all, if the box is ticked.
    pub paper_statements: Option<String>,
}

impl Choice {
    /// The settings as they were chosen, which may be [wrong](Settings::problem).
    #[must_use]
    pub fn settings(self) -> Settings {
        Settings {
            display_name: self.display_name.trim().to_owned(),
            paper_statements: self.paper_statements.is_some(),
        }
    }
}
