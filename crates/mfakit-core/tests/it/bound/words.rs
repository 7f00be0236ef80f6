//! Room of a message for the words of an action [SEND-11].

use mfakit_core::{
    BuildError, Channel, DeclaredScope, Messages, Mfa, PhoneNumber, Policy, StartError, StartRequest, UserId,
    adapter::MfaBoundExt as _,
    messages::{InvalidText, MessageId},
    testing::TestProvider,
};

use super::{order, required, transfer};
use crate::world::{alice, brisk, world_with};

/// Returns English texts with a message that leaves little room for a payee.
fn wordy(id: MessageId) -> &'static str {
    match id {
        MessageId::ActionMessage => {
            "{code} is the code with which you, and no one else, can approve the following payment in your account at \
             {app}, after you have read it twice: {action}. Never share this code with anyone."
        }
        other => other.english(),
    }
}

#[test]
fn a_bound_scope_without_room_for_payees_stops_the_build_and_the_error_names_the_cure() {
    let scope = || DeclaredScope::new("transfer", "make a transfer");
    let build = |scope: DeclaredScope, messages: Messages| {
        Mfa::builder(TestProvider::new(), "https://bank.example")
            .name("Example Bank")
            .declare(scope)
            .messages(messages)
            .policy(Policy::default().lock_after(5))
            .directory(async |_: UserId| Ok::<_, std::io::Error>(None::<PhoneNumber>))
            .messaging_to(["US"])
            .voice_to(["US"])
            .build()
    };
    let wordy = || Messages::new("en", wordy);
    for scope in [scope().bound(), scope().psd2::<super::Order>()] {
        let built = build(scope, wordy());
        let Err(error @ BuildError::Messages { why: InvalidText::ActionTooLong { .. }, .. }) = built else {
            panic!("{built:?}");
        };
        let error = error.to_string();
        for part in ["\"transfer\"", "MessageId::ActionMessage", "\"Example Bank\"", "\"bank.example\""] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    for (scope, messages) in [
        (scope().bound(), Messages::english()),
        (scope().bound().channels([Channel::Voice]), wordy()),
        (scope(), wordy()),
    ] {
        assert!(build(scope, messages).is_ok());
    }
}

/// Sends the code of a payment on a scope that is not declared as bound, so that the build cannot check it.
async fn started(channel: Channel, amount: &str, payee: &str) -> (Result<(), StartError>, usize) {
    let world = world_with(|builder| {
        let scope = DeclaredScope::new("transfer", "make a transfer");
        let messages = Messages::new("en", wordy);
        builder.declare(scope).messages(messages).voice_to(["US"]).policy(brisk())
    });
    let alice = alice();
    let approval =
        world.mfa.propose(&alice, &required(), &order(amount, payee), None).await.unwrap().approval;
    let request = StartRequest::new(transfer(), channel).approval(approval.id);
    let started = world.mfa.start(&alice, request).await.map(|_| ());
    (started, world.provider.inbox().len())
}

#[tokio::test]
async fn a_message_without_room_for_its_payee_is_not_sent_and_the_log_names_the_cure() {
    let (started, sent) = started(Channel::Messaging, "100.00 EUR", &"\u{416}".repeat(40)).await;
    let Err(StartError::Misconfigured(mistake)) = started else { panic!("{started:?}") };
    let mistake = mistake.to_string();
    for part in ["\"transfer\"", "\"en\"", "MessageId::ActionMessage", "\"bank.example\"", ".bound()"] {
        assert!(mistake.contains(part), "{part}: {mistake}");
    }
    assert_eq!(sent, 0);
}

#[tokio::test]
async fn a_message_with_room_and_a_call_are_sent() {
    for (channel, amount, payee) in [
        (Channel::Messaging, "100.00 EUR", "ACME Ltd"),
        (Channel::Voice, "100.00 EUR", "\u{416}\u{416}\u{416}\u{416}\u{416}\u{416}\u{416}\u{416}\u{416}"),
    ] {
        let (started, sent) = started(channel, amount, payee).await;
        assert!(started.is_ok() && sent == 1, "{channel} to {payee}: {started:?}");
    }
}
