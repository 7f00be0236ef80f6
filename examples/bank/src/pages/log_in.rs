//! Logging in.

use askama::Template;

/// The form to log in with.
#[derive(Debug, Default, Template)]
#[template(path = "login.html")]
pub struct LogInPage {
    /// The name that is in the form.
    pub username: String,
    /// Whether it did not match the password.
    pub wrong: bool,
}
