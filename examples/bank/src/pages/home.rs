//! The home page.

use askama::Template;

/// The home page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// True if the visitor is signed in.
    pub logged_in: bool,
    /// URL of the emulator's inbox.
    pub inbox: Option<String>,
}
