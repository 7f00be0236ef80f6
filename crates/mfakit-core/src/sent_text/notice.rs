//! Texts of notices.
//!
//! 1. A notice names the site, the change, the time, and what to do if the person did not make the change.
//! 2. It shows the last two digits of a number. "•••34" would double the price of a text message.
//! 3. As a text message, it has at most two segments, which the builder checks for every language. A text that is sent
//!    contains no link [SEND-10].

use crate::{
    clock::Timestamp,
    messages::{MessageId, Messages},
    notice::{Notice, NoticeKind},
    phone::PhoneNumber,
    sent_text::segments::Length,
};

/// Adds the text of a notice in one language.
pub(crate) fn with_text(notice: Notice, app: &str, messages: &Messages) -> Notice {
    let (subject, _) = ids(notice.kind);
    let [on_file, new_number] =
        [&notice.on_file, &notice.new_number].map(|number| number.as_ref().map_or("", PhoneNumber::last_two));
    let body = body(notice.kind, app, messages, [on_file, new_number], notice.at);
    notice.with_text(messages.language(), messages.text(subject), body)
}

/// Returns the first notice that is too long for two segments in this language, and the number of characters to save.
pub(crate) fn longer_than_two_segments(app: &str, messages: &Messages) -> Option<(MessageId, usize)> {
    NoticeKind::ALL.iter().find_map(|kind| {
        let body = body(*kind, app, messages, ["00"; 2], Timestamp::from_millis(0));
        let excess = Length::of(&body).excess_of_two_segments();
        (excess > 0).then_some((ids(*kind).1, excess))
    })
}

/// Composes a text from the last two digits of the number on file and of the new one.
fn body(
    kind: NoticeKind,
    app: &str,
    messages: &Messages,
    [on_file, new_number]: [&str; 2],
    at: Timestamp,
) -> String {
    let number = if new_number.is_empty() { on_file } else { new_number };
    let values = [("app", app), ("from", on_file), ("number", number), ("when", &minute(at))];
    format!("{} {}", messages.fill(ids(kind).1, &values), messages.text(MessageId::NoticeHelp))
}

/// Returns a time to the minute, in the form that is the same in every language.
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let date = text.chars().take(10);
    let time = text.chars().skip(11).take(5);
    date.chain([' ']).chain(time).chain(" UTC".chars()).collect()
}

/// Returns the messages of the subject line and of the text.
const fn ids(kind: NoticeKind) -> (MessageId, MessageId) {
    match kind {
        NoticeKind::NumberAdded => (MessageId::NoticeAddedTitle, MessageId::NoticeAdded),
        NoticeKind::NumberReplaced => (MessageId::NoticeReplacedTitle, MessageId::NoticeReplaced),
        NoticeKind::NumberRemoved => (MessageId::NoticeRemovedTitle, MessageId::NoticeRemoved),
        NoticeKind::RecoveryCodesMade => (MessageId::NoticeCodesMadeTitle, MessageId::NoticeCodesMade),
        NoticeKind::RecoveryCodeUsed => (MessageId::NoticeCodeUsedTitle, MessageId::NoticeCodeUsed),
        NoticeKind::RecoveryAllowed => {
            (MessageId::NoticeRecoveryAllowedTitle, MessageId::NoticeRecoveryAllowed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sent_text::segments::is_gsm;

    #[test]
    fn every_notice_has_two_segments_with_the_longest_name() {
        let (english, longest) = (Messages::english(), "N".repeat(60));
        assert_eq!(longer_than_two_segments(&longest, &english), None);
        for kind in NoticeKind::ALL {
            let body =
                body(kind, "The Bank", &english, ["34", "23"], Timestamp::from_millis(1_767_268_800_000));
            assert!(body.starts_with("The Bank: ") && body.ends_with("Contact us now."), "{body}");
            assert!(body.contains("(2026-01-01 12:00 UTC)"), "{body}");
            assert!(is_gsm(&body), "one other character would double its price: {body}");
            let (subject, text) = ids(kind);
            assert!(subject.name().starts_with(text.name()), "{kind:?}");
        }
    }

    #[test]
    fn the_new_number_is_shown_or_else_the_one_on_file() {
        let text =
            |kind, digits| body(kind, "The Bank", &Messages::english(), digits, Timestamp::from_millis(0));
        assert!(text(NoticeKind::NumberAdded, ["", "23"]).contains("ending in 23"));
        assert!(text(NoticeKind::NumberRemoved, ["34", ""]).contains("ending in 34"));
        let replaced = text(NoticeKind::NumberReplaced, ["34", "23"]);
        assert!(replaced.contains("in 34 is being replaced by one ending in 23"), "{replaced}");
    }

    #[test]
    fn the_excess_is_the_number_of_characters_to_save() {
        let help = |length| Messages::english().set(MessageId::NoticeHelp, "a".repeat(length));
        let (_, excess) = longer_than_two_segments("The Bank", &help(300)).unwrap();
        assert!(
            longer_than_two_segments("The Bank", &help(300 - excess))
                .is_none_or(|(id, _)| { id != MessageId::NoticeAdded })
        );
        // A name in another alphabet leaves less than half of the room.
        assert!(longer_than_two_segments(&"Б".repeat(60), &Messages::english()).is_some());
        assert!(longer_than_two_segments(&"Б".repeat(20), &Messages::english()).is_none());
    }
}
