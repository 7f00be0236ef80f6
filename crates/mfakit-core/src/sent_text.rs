//! Texts of the messages and calls that carry a code.
//!
//! 1. A text message ends with the line that binds its code to the site (origin-bound one-time codes, WICG), so that a
//!    phone offers the code only on this site. Or it ends with the hash of an Android app, so that this app can read it.
//! 2. A call has its own text, reads the code twice, and has no such line.
//! 3. `{CODE}` marks the place of the code. Not every provider documents that it may occur more than once. With
//!    [`single_code`](crate::engine::MfaBuilder::single_code), it occurs once.
//! 4. The app's name, the scope's label and every text of the table are checked when the app starts, so none can
//!    smuggle a placeholder, a line break or a link into a message [SEND-10].

use std::time::Duration;

use crate::{
    channel::Channel,
    messages::{MessageId, Messages},
    site::Site,
};

/// Placeholder that the provider replaces with the code.
pub const CODE_PLACEHOLDER: &str = "{CODE}";

/// Maximum length in bytes of a message that Android passes to an app.
/// Source: <https://developers.google.com/identity/sms-retriever/verify>.
pub(crate) const LONGEST_RETRIEVED: usize = 140;

/// Maximum length of a message in characters, which is the limit of Bandwidth.
pub(crate) const LONGEST_MESSAGE: usize = 2048;

/// Composes the text that is sent to a user: the app's name, the purpose of the code, the code, and its
/// lifetime.
#[must_use]
pub(crate) fn compose(
    channel: Channel,
    site: &Site,
    messages: &Messages,
    label: &str,
    lifetime: Duration,
) -> String {
    let time = messages.span(lifetime);
    let values = [("code", CODE_PLACEHOLDER), ("app", site.name()), ("label", label), ("time", &time)];
    let text = |id| messages.fill(id, &values);
    match (channel, site.single_code()) {
        (Channel::Messaging, single_code) => {
            let message = text(MessageId::Message);
            match (site.android_app_hash(), single_code) {
                (Some(hash), _) => format!("{message}\n\n{hash}"),
                (None, true) => message,
                (None, false) => format!("{message}\n\n@{} #{CODE_PLACEHOLDER}", site.code_host()),
            }
        }
        (Channel::Voice, true) => format!("{} {}", text(MessageId::Call), text(MessageId::CallEnd)),
        (Channel::Voice, false) => {
            format!("{} {} {}", text(MessageId::Call), text(MessageId::CallAgain), text(MessageId::CallEnd))
        }
    }
}

#[cfg(test)]
mod tests;
