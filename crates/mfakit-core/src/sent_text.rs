//! The words that are sent.
//!
//! 1. A text message ends with the line that binds its code to the site (origin-bound one-time codes, WICG), so that
//!    a phone offers the code on this site and on no other.
//! 2. A call has words of its own, says the code twice, and has no such line.
//! 3. `{CODE}` stands where the provider puts the code. Whether it is put in more than once is not documented
//!    everywhere: [`single_code`](crate::engine::MfaBuilder::single_code) makes do with one place.
//! 4. The app's name, the scope's label and every text of the table are checked when the app starts, so none can
//!    smuggle a placeholder, a line break or a link into a message [SEND-10].

use std::time::Duration;

use crate::{
    channel::Channel,
    messages::{MessageId, Messages},
    site::Site,
};

/// Where the provider puts the code.
pub const CODE_PLACEHOLDER: &str = "{CODE}";

/// The longest message that is sent, in characters: what Bandwidth takes.
pub(crate) const LONGEST_MESSAGE: usize = 2048;

/// What is sent to a person: the app's name, what the code is for, the code, how long it lives.
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
    let say = |word| messages.fill(word, &values);
    match (channel, site.single_code()) {
        (Channel::Messaging, true) => say(MessageId::Message),
        (Channel::Messaging, false) => {
            format!("{}\n\n@{} #{CODE_PLACEHOLDER}", say(MessageId::Message), site.host())
        }
        (Channel::Voice, true) => format!("{} {}", say(MessageId::Call), say(MessageId::CallEnd)),
        (Channel::Voice, false) => {
            format!("{} {} {}", say(MessageId::Call), say(MessageId::CallAgain), say(MessageId::CallEnd))
        }
    }
}

#[cfg(test)]
mod tests;
