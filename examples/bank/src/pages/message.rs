//! A few words instead of what was asked for.

use askama::Template;

/// A few words instead of what was asked for.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    title: &'static str,
    words: &'static str,
}

impl MessagePage {
    /// When to try again, in seconds, where the status is 503.
    pub const RETRY_AFTER: &str = "5";

    /// A path that leads nowhere.
    pub const NOT_FOUND: Self =
        Self { title: "There is nothing here", words: "The address may have been mistyped." };

    /// A form that another site sent.
    pub const CROSS_SITE: Self =
        Self { title: "This has to be sent from the bank's own pages", words: "Nothing has been changed." };

    /// Something we need is out of order.
    pub const TRY_LATER: Self = Self {
        title: "Please try again later",
        words: "We cannot do this right now. Nothing has been changed.",
    };

    /// The log-in is over, but not its grants.
    pub const STILL_GRANTED: Self = Self {
        title: "You are logged out",
        words: "But the codes you entered could not be taken back, and hold for up to ten minutes. \
                Nobody can use them without logging in as you.",
    };

    /// What should never happen.
    pub const OUR_MISTAKE: Self = Self {
        title: "Something is wrong on our side",
        words: "We have been told. Nothing has been changed.",
    };
}
