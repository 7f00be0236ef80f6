//! Errors for texts that an app supplies.

use crate::messages::{message_id::MessageId, plural::PluralForm};

/// Error for a text that cannot be part of a message or a page.
///
/// ```
/// use mfakit_core::{Messages, messages::{InvalidMessages, InvalidText, MessageId}};
///
/// let blank = Messages::english().set(MessageId::Submit, "");
/// assert_eq!(
///     blank.check(),
///     Err(InvalidText::Text { id: MessageId::Submit, why: InvalidMessages::Blank })
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMessages {
    /// The text is empty, or has white space around it.
    #[error("it is empty, or has white space at its beginning or end")]
    Blank,
    /// The text is too long for a message.
    #[error("it has more than {longest} characters")]
    TooLong {
        /// Maximum number of characters.
        longest: usize,
    },
    /// The text contains a character that could change the meaning or effect of a message.
    #[error("it must not contain {character:?}")]
    Character {
        /// Character that is not allowed.
        character: char,
    },
    /// The text contains something that a phone turns into a link.
    #[error("it contains a link, or text that a phone turns into one")]
    Link,
}

/// Error for the messages of a language that cannot be used.
///
/// ```
/// use mfakit_core::{Messages, messages::MessageId};
///
/// let error = Messages::english().set(MessageId::Message, "Hello").check().unwrap_err();
/// assert_eq!(error.to_string(), "Message: {code} is missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidText {
    /// The language tag is not valid.
    #[error("the language must be a valid tag, such as \"de\" or \"pt-BR\"")]
    Language,
    /// The language is not English, and the app is built without the feature `translations`.
    #[error("languages other than English need the feature \"translations\" of mfakit")]
    Feature,
    /// A text contains something that is not allowed.
    #[error("{id}: {why}")]
    Text {
        /// Message with the problem.
        id: MessageId,
        /// Problem with the text.
        why: InvalidMessages,
    },
    /// A text has a placeholder for which there is no value.
    #[error("{id}: there is no value for {{{name}}}; the text may contain {}", known(*id))]
    Unknown {
        /// Message with the problem.
        id: MessageId,
        /// Name of the placeholder.
        name: String,
    },
    /// A text lacks a placeholder.
    #[error("{id}: {{{name}}} is missing")]
    Missing {
        /// Message with the problem.
        id: MessageId,
        /// Name of the placeholder.
        name: &'static str,
    },
    /// A text lacks a plural form of its language.
    #[error(
        "{id}: the language needs the form \"{form}\": add .form(MessageId::{id}, PluralForm::{form:?}, \"…\")"
    )]
    NoForm {
        /// Message with the problem.
        id: MessageId,
        /// Form that is missing.
        form: PluralForm,
    },
    /// A text has a plural form that its language does not use, or contains no count.
    #[error("{id}: this language does not use the form \"{form}\" for it")]
    NoSuchForm {
        /// Message with the problem.
        id: MessageId,
        /// Form that is not used.
        form: PluralForm,
    },
    /// A message contains the code twice, which not every provider replaces.
    #[error("{id}: {{code}} may occur only once")]
    CodeTwice {
        /// Message with the problem.
        id: MessageId,
    },
    /// An additional language lacks the label of a scope.
    #[error("the scope \"{scope}\" has no label: add .label({scope:?}, \"…\")")]
    NoLabel {
        /// Name of the scope.
        scope: String,
    },
    /// The label of a scope cannot be used.
    #[error("the label of \"{scope}\": {why}")]
    Label {
        /// Name of the scope.
        scope: String,
        /// Problem with the label.
        why: InvalidMessages,
    },
    /// The label of an action's line, or the name of a currency, cannot be used.
    #[error("the label of the line {name:?}, or the name of that currency: {why}")]
    Line {
        /// Name of the line, or code of the currency.
        name: String,
        /// Problem with the label.
        why: InvalidMessages,
    },
    /// Messages about actions have no room for an amount of 18 digits and 20 characters of a payee within two segments,
    /// or within the 140 bytes that Android passes to an app.
    #[error(
        "the messages of the bound scope \"{scope}\" are {excess} characters too long for an amount of 18 digits and 20 \
         characters of a payee: shorten MessageId::ActionMessage, MessageId::SendAmountTo, the app's name {name:?} or the \
         host {host:?}"
    )]
    ActionTooLong {
        /// Name of the scope.
        scope: String,
        /// Number of characters to save.
        excess: usize,
        /// Name of the app.
        name: String,
        /// Host to which messages bind their code.
        host: String,
    },
    /// There is a label for a scope that is not declared.
    #[error("there is a label for \"{scope}\", which is not declared")]
    UnknownLabel {
        /// Name of the scope.
        scope: String,
    },
    /// The label of an alternative cannot be used.
    #[error("the label of the alternative {path:?}: {why}")]
    Alternative {
        /// Path of the alternative.
        path: String,
        /// Problem with the label.
        why: InvalidMessages,
    },
    /// There is a label for an alternative that the theme does not have.
    #[error("there is a label for the alternative {path:?}, which the theme does not have")]
    UnknownAlternative {
        /// Path of the alternative.
        path: String,
    },
    /// A message exceeds the limit of the provider.
    #[error("the message of the scope \"{scope}\" has more than {longest} characters")]
    MessageTooLong {
        /// Name of the scope.
        scope: String,
        /// Maximum number of characters.
        longest: usize,
    },
    /// A message is longer than those that Android passes to an app.
    #[error(
        "the message of the scope \"{scope}\" has {length} bytes, and Android passes on at most 140 bytes: shorten MessageId::Message, or do not call .android_app_hash(..)"
    )]
    TooLongForAndroid {
        /// Name of the scope.
        scope: String,
        /// Number of bytes.
        length: usize,
    },
    /// A notice has more than two segments as a text message.
    #[error(
        "the notice {id} is {excess} characters too long for a text message of two segments: shorten it, \
         MessageId::NoticeHelp, or the app's name {name:?}"
    )]
    NoticeTooLong {
        /// Message with the problem.
        id: MessageId,
        /// Number of characters to save.
        excess: usize,
        /// Name of the app.
        name: String,
    },
    /// A language was added twice.
    #[error("the language was added twice")]
    Twice,
}

fn known(id: MessageId) -> String {
    let known: Vec<_> = id.placeholders().iter().map(|name| format!("{{{name}}}")).collect();
    if known.is_empty() { "none".to_owned() } else { known.join(" ") }
}
