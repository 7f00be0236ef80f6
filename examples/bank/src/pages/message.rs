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
        Self { title: "Page not found", words: "The address may be wrong or out of date." };

    /// The form was sent by another site.
    pub const CROSS_SITE: Self =
        Self { title: "Please use the bank’s own pages", words: "Nothing was changed." };

    /// A service is unavailable.
    pub const TRY_LATER: Self =
        Self { title: "Please try again later", words: "We can’t do this right now. Nothing was changed." };

    /// The session has ended, but its grants have not.
    pub const STILL_GRANTED: Self = Self {
        title: "You’re signed out",
        words: "However, we couldn’t revoke your confirmations. They stay valid for up to ten more minutes, \
                but only for someone who signs in as you.",
    };

    /// An internal error occurred.
    pub const OUR_MISTAKE: Self = Self {
        title: "Something went wrong on our side",
        words: "We’ve been notified. Nothing was changed.",
    };
}
