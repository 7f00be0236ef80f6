//! The settings page.

use askama::Template;
use mfakit::PhoneNumber;

use crate::accounts::Settings;

/// The settings page.
#[derive(Debug, Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    /// Contents of the form.
    pub settings: Settings,
    /// Phone number that receives the codes.
    pub phone: Option<PhoneNumber>,
    /// Error in the settings.
    pub wrong: Option<&'static str>,
}
