//! Language of the message, and the number of times that it contains the code.

use mfakit_core::{Channel, LoginId, Messages, StartRequest, Subject, messages::MessageId};

use crate::world::{pay, world_with};

fn german(word: MessageId) -> &'static str {
    match word {
        MessageId::Message => "{code} ist Ihr Code, um {label}.",
        MessageId::Call => "Ihr Code, um {label}, ist: {code}.",
        MessageId::CallAgain => "Noch einmal: {code}.",
        MessageId::CallEnd => "Auf Wiederhören.",
        other => other.english(),
    }
}

async fn sent(single_code: bool, channel: Channel, language: &str) -> String {
    let world = world_with(|builder| {
        let german =
            Messages::new("de", german).label("pay", "zu bezahlen").label("settings", "etwas zu ändern");
        let builder = builder.voice_to(["US"]).messages(Messages::english()).messages(german);
        if single_code { builder.single_code() } else { builder }
    });
    let alice = Subject::cookie("alice", LoginId::random());
    let request = StartRequest::new(pay(), channel).accept_language(language.to_owned());
    world.mfa.start(&alice, request).await.unwrap();
    world.provider.inbox().pop().unwrap().message
}

#[tokio::test]
async fn a_message_is_in_the_requested_language_and_ends_with_its_site() {
    let (english, german) =
        (sent(false, Channel::Messaging, "fr").await, sent(false, Channel::Messaging, "de").await);
    assert!(
        english.contains("is your") && german.contains("ist Ihr Code, um zu bezahlen."),
        "{english} {german}"
    );
    for message in [english, german] {
        let last = message.lines().last().unwrap();
        assert!(
            last.starts_with("@bank.example #") && last.len() == "@bank.example #".len() + 6,
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_call_has_its_own_text_and_contains_the_code_twice() {
    let call = sent(false, Channel::Voice, "de").await;
    assert!(call.starts_with("Ihr Code, um zu bezahlen, ist: ") && call.contains("Noch einmal: "), "{call}");
    assert!(!call.contains(['@', '#', '\n']), "{call}");
}

#[tokio::test]
async fn single_code_inserts_the_code_once() {
    for channel in Channel::all().iter().copied() {
        let message = sent(true, channel, "de").await;
        assert!(!message.contains(['@', '#', '\n']) && !message.contains("Noch einmal"), "{message}");
    }
}
