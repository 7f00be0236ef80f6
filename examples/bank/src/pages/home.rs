//! The front page.

use askama::Template;

/// The front page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// Whether somebody is logged in.
    pub logged_in: bool,
    /// Where a newcomer reads the codes.
    pub inbox: Option<String>,
}
