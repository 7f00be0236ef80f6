//! The sign-in page.

use askama::Template;

/// The sign-in page.
#[derive(Debug, Default, Template)]
#[template(path = "login.html")]
pub struct LogInPage {
    /// User name in the form.
    pub username: String,
    /// True if a customer is signed in. A recent sign-in is required to add the first phone number.
    pub again: bool,
    /// True if the name and the password did not match.
    pub wrong: bool,
}
