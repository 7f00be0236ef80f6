//! Each channel has its own list of countries, and no list allows a premium line [SEND-4].

use mfakit::{
    Channel, LoginId, Mfa, PhoneNumber, Scope, StartError, StartRequest, Subject, UserId,
    testing::TestProvider,
};

#[tokio::test]
async fn a_list_is_for_its_channel_and_allows_no_premium_line() {
    let pay = Scope::new("pay").unwrap();
    for (what, number, written_to, called) in [
        ("a number of both lists", "+19195551234", true, true),
        ("one that is on the list for messages", "+447400123456", true, false),
        ("one that is on the list for calls", "+14165550123", false, true),
        ("one that is on none", "+18765551234", false, false),
        ("a premium number of a country on both", "+19005551234", false, false),
        ("a toll-free number of both", "+18005551234", false, false),
        ("a personal number of a country on one", "+447011234567", false, false),
    ] {
        for (channel, allowed) in [(Channel::Messaging, written_to), (Channel::Voice, called)] {
            let provider = TestProvider::new();
            let mfa = Mfa::builder(provider.clone(), "https://bank.example")
                .scope("pay", "make a payment")
                // The name of each user is their number.
                .directory(async |user: UserId| PhoneNumber::new(user.as_str()).map(Some))
                .messaging_to(["US", "GB"])
                .voice_to(["US", "CA"])
                .build()
                .unwrap();
            let subject = Subject::cookie(number, LoginId::random());
            let started = mfa.start(&subject, StartRequest::new(pay, channel)).await;
            assert_eq!(
                (started.is_ok(), provider.sends()),
                (allowed, usize::from(allowed)),
                "{what}: {started:?}"
            );
            assert!(
                allowed || matches!(started, Err(StartError::DestinationRejected(_))),
                "{what}: {started:?}"
            );
        }
    }
}
