//! Texts of notices.

use mfakit_core::{
    BoxError, BuildError, MemoryNumberBook, Messages, Mfa, MfaBuilder,
    messages::{InvalidText, MessageId},
    notifier::{Notice, OnNoticeError},
    testing::TestProvider,
};

use super::{super::NEW, notified};
use crate::world::world_with;

#[cfg(feature = "translations")]
fn german(id: MessageId) -> &'static str {
    match id {
        MessageId::NoticeReplacedTitle => "Ihre Telefonnummer wird ersetzt",
        MessageId::NoticeReplaced => {
            "{app}: Ihre Telefonnummer mit den Endziffern {from} wird durch eine mit {number} ersetzt ({when})."
        }
        MessageId::NoticeHelp => "Nicht Sie? Rufen Sie uns an: 0800 555 0100.",
        other => other.english(),
    }
}

#[cfg(feature = "translations")]
fn arabic(id: MessageId) -> &'static str {
    match id {
        MessageId::NoticeReplacedTitle => "يجري استبدال رقم هاتفك",
        MessageId::NoticeReplaced => {
            "{app}: يجري استبدال رقمك المنتهي بـ {from} برقم ينتهي بـ {number} ({when})."
        }
        MessageId::NoticeHelp => "لست أنت؟ اتصل بنا فورا.",
        other => other.english(),
    }
}

#[tokio::test]
async fn a_notice_names_site_digits_time_and_what_to_do_and_no_whole_number() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let _ = town.change(&alice, NEW, manage.as_ref()).await;
    let notice = sent.last();
    let when = notice.at.to_string();
    let (date, time) = (when.get(..10).unwrap(), when.get(11..16).unwrap());
    let text = notice.text();
    assert_eq!(text.subject, "Your phone number is being replaced");
    assert_eq!(
        text.body,
        format!(
            "bank.example: your number ending in 34 is being replaced by one ending in 23 ({date} {time} \
             UTC). Not you? Contact us now."
        )
    );
    assert!(!format!("{notice:?}").contains("5550123") && !format!("{notice:?}").contains("5551234"));
}

#[cfg(feature = "translations")]
#[tokio::test]
async fn a_notice_is_in_the_language_of_the_person_and_not_of_the_request() {
    let (town, sent) = notified(|builder| {
        let labeled = |messages: Messages| messages.label("pay", "pay").label("transfer", "make a transfer");
        builder
            .messages(labeled(complete(Messages::new("de", german))))
            .messages(labeled(complete(Messages::new("ar", arabic))))
            .messages(labeled(Messages::english()))
    });
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let _ = town.change(&alice, NEW, manage.as_ref()).await;
    let notice = sent.last();
    assert_eq!((&*notice.text().language, &*notice.text_in("de-AT").language), ("de", "de"));
    assert_eq!((&*notice.text_in("fr, en;q=0.5").language, &*notice.text_in("fr").language), ("en", "de"));
    let arabic = notice.text_in("ar");
    assert_eq!(arabic.subject, "يجري استبدال رقم هاتفك");
    assert!(arabic.body.contains("34") && arabic.body.contains("23") && arabic.body.contains("bank.example"));
    assert!(arabic.body.encode_utf16().count() <= 134, "two segments: {}", arabic.body);
    let german = &notice.text().body;
    assert!(
        german.ends_with("Rufen Sie uns an: 0800 555 0100.") && german.contains("Endziffern 34"),
        "{german}"
    );
}

/// Adds the plural forms of the language, which no notice has.
#[cfg(feature = "translations")]
fn complete(mut messages: Messages) -> Messages {
    while let Err(InvalidText::NoForm { id, form }) = messages.check() {
        let text = messages.text(id).to_owned();
        messages = messages.form(id, form, text);
    }
    messages
}

#[test]
fn a_text_of_more_than_two_segments_is_rejected_if_there_is_a_notifier() {
    let long = |builder: MfaBuilder| {
        let english = Messages::english().set(MessageId::NoticeHelp, "a".repeat(250));
        builder.messages(english.label("pay", "pay").label("settings", "change settings"))
    };
    let _unused = world_with(long);
    let builder = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .scope("settings", "change settings")
        .number_book(MemoryNumberBook::new())
        .messaging_to(["US"])
        .notifier(async |_: Notice| Ok::<_, BoxError>(()), OnNoticeError::Hold);
    let error = long(builder).build().unwrap_err();
    let BuildError::Messages { why: InvalidText::NoticeTooLong { id, excess, .. }, .. } = &error else {
        panic!("{error}")
    };
    let text = error.to_string();
    assert!(*excess > 0 && text.contains(id.name()) && text.contains("MessageId::NoticeHelp"), "{text}");
}

#[test]
fn a_notice_must_name_the_site_the_digits_and_the_time_and_has_no_link() {
    for (id, text) in [
        (MessageId::NoticeReplaced, "your number {from} is replaced by {number} ({when})."),
        (MessageId::NoticeReplaced, "{app}: your number {from} is replaced by {number}."),
        (MessageId::NoticeReplaced, "{app}: your number {from} is replaced ({when})."),
        (MessageId::NoticeRemoved, "{app}: your number {number} is removed ({when}), see https://evil.test"),
        (MessageId::NoticeHelp, "Not you? Go to www.evil.test"),
        (MessageId::NoticeHelp, "Not you?\nSign in"),
    ] {
        assert!(Messages::english().set(id, text).check().is_err(), "{text}");
    }
    let help = Messages::english().set(MessageId::NoticeHelp, "Not you? Call 1-800-555-0100.");
    assert_eq!(help.check(), Ok(()));
}
