//! The words that are sent.
//!
//! 1. One template for a text message, one for a call; `{CODE}` stands where the provider puts the code.
//! 2. The app's name and the scope's label are checked when the app starts, so neither can smuggle a
//!    placeholder, a line break or a link into a message [SEND-10].

use std::time::Duration;

use crate::{Channel, clock::whole_seconds};

/// Where the provider puts the code.
pub const CODE_PLACEHOLDER: &str = "{CODE}";

/// What is sent to a person: the app's name, what the code is for, the code, how long it lives.
#[must_use]
pub(crate) fn compose(channel: Channel, app: &str, label: &str, lifetime: Duration) -> String {
    let minutes = whole_seconds(lifetime).div_ceil(60);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    match channel {
        Channel::Messaging => format!(
            "{CODE_PLACEHOLDER} is your {app} code to {label}. It expires in {minutes} {unit}. \
             Do not share it with anyone; we will never ask for it."
        ),
        Channel::Voice => format!(
            "Hello. This is {app}. Your code to {label} is: {CODE_PLACEHOLDER}. \
             It expires in {minutes} {unit}. Do not share it with anyone."
        ),
    }
}

/// Checks words that will stand in a message and on a page: an app's name, a scope's label.
pub(crate) fn check_words(words: &str) -> Result<(), InvalidWords> {
    if words.trim().is_empty() || words.trim() != words {
        return Err(InvalidWords::Blank);
    }
    if words.chars().count() > 60 {
        return Err(InvalidWords::TooLong);
    }
    let forbidden = |c: char| c.is_control() || matches!(c, '{' | '}' | '@' | '#' | '\u{2028}' | '\u{2029}');
    if let Some(character) = words.chars().find(|c| forbidden(*c)) {
        return Err(InvalidWords::Character { character });
    }
    if words.contains("//") {
        return Err(InvalidWords::Link);
    }
    Ok(())
}

/// Why words cannot stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// Nothing to read, or space around it.
    #[error("it is empty or has space around it")]
    Blank,
    /// A message would no longer fit.
    #[error("it has more than 60 characters")]
    TooLong,
    /// A character that could change what a message says or does.
    #[error("it holds {character:?}, which a message must not")]
    Character {
        /// The character.
        character: char,
    },
    /// Something a telephone would turn into a link.
    #[error("it holds a link, which a message must not")]
    Link,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_app_the_purpose_the_code_and_its_end() {
        for channel in Channel::ALL {
            let text = compose(channel, "Example Bank", "make a transfer", Duration::from_mins(5));
            for part in ["Example Bank", "make a transfer", "5 minutes", "Do not share"] {
                assert!(text.contains(part), "{text}");
            }
            assert_eq!(text.matches(CODE_PLACEHOLDER).count(), 1);
            assert!(text.len() <= 2048);
        }
        assert!(compose(Channel::Voice, "A", "b", Duration::from_secs(60)).contains("1 minute."));
    }

    #[test]
    fn words_cannot_smuggle_anything_into_a_message() {
        assert_eq!(check_words("see the reports"), Ok(()));
        for bad in [
            "",
            " ",
            " a",
            "a ",
            "a\nb",
            "pay {CODE}",
            "{NAME}",
            "see https://evil.test",
            "a@b",
            "#1",
            &"a".repeat(61),
        ] {
            assert!(check_words(bad).is_err(), "{bad:?}");
        }
    }
}
