//! Texts of the messages and calls that carry a code.
//!
//! 1. A text message ends with the line that binds its code to the site (origin-bound one-time codes, WICG), so that a
//!    phone offers the code only on this site. Or it ends with the hash of an Android app, so that this app can read it.
//! 2. A call has its own text, reads the code twice, and has no such line.
//! 3. `{CODE}` marks the place of the code. Not every provider documents that it may occur more than once. With
//!    [`single_code`](crate::engine::MfaBuilder::single_code), it occurs once.
//! 4. The app's name, the scope's label and every text of the table are checked when the app starts, so none can
//!    smuggle a placeholder, a line break or a link into a message [SEND-10].
//! 5. A message about an action names its amount and payee [SEND-11]. It has at most two segments: a long payee is cut
//!    off, and never the amount. If too little of the payee would be left, there is no message. The payee is text from a
//!    stranger, which `action::safe_text` makes safe [SEND-10].
//! 6. A call says first that the code comes at its end, so a name that reads like a code comes too early to be one.

pub(crate) mod notice;
mod room;
mod segments;
mod text;

use crate::{
    action::{safe_text, sentence},
    channel::Channel,
    sent_text::{
        room::FEWEST_CHARACTERS,
        text::{plain_spaces, shortened},
    },
};

pub use text::CODE_PLACEHOLDER;
pub(crate) use {
    room::NoRoom,
    text::{LONGEST_MESSAGE, LONGEST_RETRIEVED, SentText},
};

/// Composes the text that is sent to a user: the app's name, the purpose of the code, the code, and its
/// lifetime. For an action, the purpose is its amount and payee.
///
/// # Errors
///
/// Returns an error if two segments have no room for the amount and the beginning of the payee.
pub(crate) fn compose(sent: &SentText<'_>) -> Result<String, NoRoom> {
    let (amount, payee) = sent.words.map_or((None, None), |words| (words.amount(), words.payee()));
    let amount = amount.map(|amount| match sent.channel {
        Channel::Messaging => plain_spaces(&amount.text(sent.messages)),
        Channel::Voice => amount.spoken(sent.messages),
    });
    let payee = payee.map(|payee| match sent.channel {
        Channel::Messaging => safe_text::for_message(payee),
        Channel::Voice => safe_text::for_call(payee),
    });
    let with_payee =
        |payee: Option<&str>| sent.with(sentence(sent.messages, amount.as_deref(), payee).as_deref());
    let whole = with_payee(payee.as_deref());
    let is_about_action = amount.is_some() || payee.is_some();
    if sent.channel == Channel::Voice || !is_about_action || sent.excess(&whole) == 0 {
        return Ok(whole);
    }
    let payee = payee.as_deref().unwrap_or_default();
    let lengths = (FEWEST_CHARACTERS..payee.chars().count()).rev();
    let beginnings = lengths.map(|characters| safe_text::cut(payee, characters));
    let enough = beginnings.take_while(|beginning| safe_text::characters(beginning) >= FEWEST_CHARACTERS);
    let mut texts = enough.map(|beginning| with_payee(Some(&shortened(beginning))));
    texts.find(|text| sent.excess(text) == 0).ok_or(NoRoom)
}

#[cfg(test)]
mod payees;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tight;
#[cfg(test)]
#[cfg(feature = "translations")]
mod translated;
