//! The sign-in page.

use askama::Template;

/// The sign-in page.
#[derive(Debug, Default, Template)]
#[template(path = "login.html")]
pub struct LogInPage {
    /// User name in the form.
    pub username: String,
    /// True if the name and the password did not match.
    pub wrong: bool,
}
