//! Page with a message instead of the requested content.

use askama::Template;

/// Page with a message instead of the requested content.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    title: &'static str,
    words: &'static str,
}

impl MessagePage {
    /// Value of `Retry-After` in a 503, in seconds.
    pub const RETRY_AFTER: &str = "5";

    /// The path does not exist.
    pub const NOT_FOUND: Self =
        Self { title: "There is nothing here", words: "The address may have been mistyped." };

    /// The form was sent by another site.
    pub const CROSS_SITE: Self =
        Self { title: "This has to be sent from the bank's own pages", words: "Nothing has been changed." };

    /// A service is unavailable.
    pub const TRY_LATER: Self = Self {
        title: "Please try again later",
        words: "We cannot do this right now. Nothing has been changed.",
    };

    /// The session has ended, but its grants have not.
    pub const STILL_GRANTED: Self = Self {
        title: "You are logged out",
        words: "But the codes you entered could not be taken back, and hold for up to ten minutes. \
                Nobody can use them without logging in as you.",
    };

    /// An internal error occurred.
    pub const OUR_MISTAKE: Self = Self {
        title: "Something is wrong on our side",
        words: "We have been told. Nothing has been changed.",
    };
}
