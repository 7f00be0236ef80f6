//! What a customer may choose.

use askama::Template;
use mfakit::PhoneNumber;

use crate::accounts::Settings;

/// The form to change settings with.
#[derive(Debug, Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    /// What is in the form.
    pub settings: Settings,
    /// Where codes go.
    pub phone: Option<PhoneNumber>,
    /// What is wrong with the settings.
    pub wrong: Option<&'static str>,
}
