//! Text of a message or a call.

use std::time::Duration;

use crate::{
    action::Words,
    channel::Channel,
    messages::{MessageId, Messages},
    sent_text::segments::is_gsm,
    site::Site,
};

/// Placeholder that the provider replaces with the code.
pub const CODE_PLACEHOLDER: &str = "{CODE}";

/// Maximum length in bytes of a message that Android passes to an app.
/// Source: <https://developers.google.com/identity/sms-retriever/verify>.
pub(crate) const LONGEST_RETRIEVED: usize = 140;

/// Maximum length of a message in characters, which is the limit of Bandwidth.
pub(crate) const LONGEST_MESSAGE: usize = 2048;

/// Everything that the text of a message or a call depends on.
#[derive(Clone, Copy)]
pub(crate) struct SentText<'a> {
    pub(crate) channel: Channel,
    pub(crate) site: &'a Site,
    pub(crate) messages: &'a Messages,
    /// Label of the scope.
    pub(crate) label: &'a str,
    /// Lifetime of the code.
    pub(crate) lifetime: Duration,
    /// Number of digits of the code.
    pub(crate) digits: u8,
    /// Words of the action, if the code is for one.
    pub(crate) words: Option<&'a Words>,
}

impl SentText<'_> {
    /// Returns the text that names this action, or the label of the scope.
    pub(super) fn with(&self, action: Option<&str>) -> String {
        let time = self.messages.span(self.lifetime);
        let values = [
            ("code", CODE_PLACEHOLDER),
            ("app", self.site.name()),
            ("label", self.label),
            ("time", &time),
            ("action", action.unwrap_or_default()),
        ];
        let text = |id| self.messages.fill(id, &values);
        let (message, call) = match action {
            Some(_) => (MessageId::ActionMessage, MessageId::ActionCall),
            None => (MessageId::Message, MessageId::Call),
        };
        match (self.channel, self.site.single_code()) {
            (Channel::Messaging, single_code) => {
                let message = text(message);
                match (self.site.android_app_hash(), single_code) {
                    (Some(hash), _) => format!("{message}\n\n{hash}"),
                    (None, true) => message,
                    (None, false) => format!("{message}\n\n@{} #{CODE_PLACEHOLDER}", self.site.code_host()),
                }
            }
            (Channel::Voice, true) => format!("{} {}", text(call), text(MessageId::CallEnd)),
            (Channel::Voice, false) => {
                format!("{} {} {}", text(call), text(MessageId::CallAgain), text(MessageId::CallEnd))
            }
        }
    }

    /// Returns the text of a code that is for no action.
    pub(crate) fn without_action(&self) -> String {
        self.with(None)
    }
}

/// Returns the beginning of a name with an ellipsis that is in the alphabet of the name.
pub(super) fn shortened(beginning: &str) -> String {
    let ellipsis = if is_gsm(beginning) { "..." } else { "\u{2026}" };
    format!("{beginning}{ellipsis}")
}

/// Replaces the separators of numbers that are not in the GSM alphabet, and would double the price of a message.
pub(super) fn plain_spaces(amount: &str) -> String {
    let plain = |c| match c {
        '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '\u{2019}' => '\'',
        other => other,
    };
    amount.chars().map(plain).collect()
}
