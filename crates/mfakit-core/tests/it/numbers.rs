//! The number on file: its spellings, its limits, and its log lines.

use std::{io, sync::Arc, time::Duration};

use mfakit_core::{
    BoxError, Mfa, PhoneNumber, Requirement, StartError, StartRequest, UnknownNumbers, UserId, VerifyError,
    adapter::{Destination, MfaExt as _},
    error::InvalidPhoneNumber,
    policy::Limit,
    testing::{ManualClock, TestProvider},
};

use crate::{
    sends::rejection,
    world::{RecordedEvents, World, alice, brisk, pay, user, world, world_with},
};

/// Function that wraps an error of the number as an app does.
type Wrap = fn(InvalidPhoneNumber) -> BoxError;

#[derive(Debug, thiserror::Error)]
enum PhoneBookError {
    #[error("the phone column of a customer is wrong")]
    Column(#[from] InvalidPhoneNumber),
    #[error(transparent)]
    Query(#[from] io::Error),
}

fn question_mark(error: InvalidPhoneNumber) -> BoxError {
    let fails = || -> Result<(), BoxError> {
        Err(error)?;
        Ok(())
    };
    fails().unwrap_err()
}

/// Returns an engine whose directory parses this text as an app does.
fn with_text(text: &'static str, wrap: Wrap) -> (Mfa, TestProvider, RecordedEvents) {
    let (provider, events) = (TestProvider::new(), RecordedEvents::default());
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(move |_: UserId| async move { PhoneNumber::parse(text, "US").map(Some).map_err(wrap) })
        .messaging_to(["US"])
        .clock(ManualClock::new())
        .observer(events.clone())
        .build()
        .unwrap();
    (mfa, provider, events)
}

fn ask() -> StartRequest {
    StartRequest::new(pay(), mfakit_core::Channel::Messaging)
}

#[tokio::test]
async fn a_directory_can_parse_stored_text() {
    let (mfa, provider, _) = with_text("(919) 555-1234", question_mark);
    assert!(mfa.start(&alice(), ask()).await.is_ok());
    assert_eq!(provider.inbox()[0].to.as_e164(), "+19195551234");
}

#[tokio::test]
async fn an_unreadable_number_counts_as_none_and_has_its_own_event() {
    let wraps: [(&str, Wrap); 6] = [
        ("passed on by ? into a box", question_mark),
        ("in the app's own error", |error| PhoneBookError::from(error).into()),
        ("in an io::Error", |error| io::Error::other(error).into()),
        ("in an io::Error in the app's own error", |error| {
            PhoneBookError::from(io::Error::other(error)).into()
        }),
        ("in an anyhow::Error", |error| anyhow::Error::from(error).into()),
        ("in an anyhow::Error with context", |error| {
            anyhow::Error::from(error).context("reading the phone column").into()
        }),
    ];
    for (how, wrap) in wraps {
        let (mfa, provider, events) = with_text("(919) 555-1234 ext. 77", wrap);
        let situation = mfa.situation(&alice(), &Requirement::new(pay()), None).await.unwrap();
        assert_eq!(situation.destination, Destination::Nowhere, "{how}");
        events.names();
        let started = mfa.start(&alice(), ask()).await;
        assert!(matches!(started, Err(StartError::NoNumber)), "{how}: {started:?}");
        // The first event alone, because the fingerprint of a session in the second may hold any digits.
        let text = events.text().lines().next().unwrap_or_default().to_owned();
        assert_eq!(events.names(), ["sys_number_unreadable", "authn_code_refused"], "{how}");
        assert!(text.contains("extension") && !text.contains("555"), "{how}: {text}");
        assert_eq!(provider.sends(), 0, "{how}");
    }
}

#[tokio::test]
async fn a_directory_outage_and_a_wrong_default_region_are_not_unreadable_numbers() {
    let (mfa, _, events) = with_text("(919) 555-1234 ext. 77", |_| io::Error::other("away").into());
    events.names();
    assert!(matches!(mfa.start(&alice(), ask()).await, Err(StartError::Unavailable)));
    assert_eq!(events.names(), ["sys_app_failed", "authn_code_refused"]);
    let (mfa, _, events) =
        with_text("(919) 555-1234 ext. 77", |_| PhoneNumber::parse("1", "UK").unwrap_err().into());
    events.names();
    assert!(matches!(mfa.start(&alice(), ask()).await, Err(StartError::Unavailable)));
    assert!(events.text().contains("UK"));
}

#[tokio::test]
async fn a_number_that_becomes_unreadable_ends_the_challenge() {
    let (world, alice) = (world(), alice());
    let live = world.start(&alice).await.unwrap();
    *world.number.lock().unwrap() = Some("+1 919 555 1234");
    let rejected = world.answer(&alice, &live, &world.right_code()).await;
    assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
    assert_eq!(world.provider.verifies(), 0);
}

/// Pairs of numbers that reach one phone.
const ONE_PHONE: [(&str, &str); 6] = [
    ("+5491187654321", "+541187654321"),
    ("+3780549886377", "+390549886377"),
    ("+970599123456", "+972599123456"),
    ("+442071838750", "+4402071838750"),
    ("+525512345678", "+5215512345678"),
    ("+4915112345678", "+49015112345678"),
];

fn world_of_many(limits: impl FnOnce(mfakit_core::Policy) -> mfakit_core::Policy) -> World {
    let many = ["AR", "SM", "IT", "PS", "IL", "GB", "MX", "DE"];
    world_with(|builder| builder.messaging_to(many).policy(limits(brisk())))
}

#[tokio::test]
async fn a_phone_has_one_set_of_limits_for_all_spellings_of_its_number() {
    let three = [Limit::new(3, Duration::from_secs(60 * 60))];
    for (budget, by_block) in [("number", false), ("block of numbers", true)] {
        for (number, other) in ONE_PHONE {
            let world = world_of_many(|policy| {
                if by_block { policy.sends_per_block(three) } else { policy.sends_per_number(three) }
            });
            for at in 0..3 {
                let name = format!("user {at}");
                world.enter(&name, number);
                world.start(&user(&name)).await.unwrap();
            }
            world.enter("another", other);
            let started = world.start(&user("another")).await;
            if matches!(started, Err(StartError::NoNumber)) {
                // Rejected with the right spelling, so it does not count as a second number either.
                let error = PhoneNumber::new(other).unwrap_err();
                assert_eq!(error.instead().map(PhoneNumber::as_e164), Some(number));
            } else {
                assert_eq!(rejection(started).0, budget, "{number} {other}");
            }
        }
    }
}

#[tokio::test]
async fn the_log_distinguishes_unknown_numbers_unlisted_countries_and_services() {
    let world = world();
    for (number, why) in [
        ("+14715550123", "number unknown to the metadata"),
        ("+18765551234", "country not listed"),
        ("+33612345678", "country not listed"),
        ("+19005551234", "not a personal line"),
    ] {
        *world.number.lock().unwrap() = Some(number);
        world.events.names();
        let started = world.start(&alice()).await;
        assert!(matches!(started, Err(StartError::DestinationRejected(_))), "{number}");
        assert!(world.events.text().contains(why), "{number}: {}", world.events.text());
    }
}

#[tokio::test]
async fn an_app_can_send_to_an_area_code_that_is_not_in_the_metadata() {
    let new_area = UnknownNumbers::starting_with(["+1471"]);
    let world = world_with(|builder| builder.unknown_numbers(new_area));
    *world.number.lock().unwrap() = Some("+14715550123");
    world.events.names();
    world.start(&alice()).await.unwrap();
    assert!(world.events.text().contains("region: \"+1\""), "{}", world.events.text());
    *world.number.lock().unwrap() = Some("+14575550123");
    assert!(matches!(world.start(&user("bob")).await, Err(StartError::DestinationRejected(_))));
}

#[tokio::test]
async fn the_directory_is_called_once_for_a_page_with_two_channels() {
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = asked.clone();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(move |_: UserId| {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async { PhoneNumber::new("+19195551234").map(Some) }
        })
        .messaging_to(["US"])
        .voice_to(["US"])
        .build()
        .unwrap();
    let situation = mfa.situation(&alice(), &Requirement::new(pay()), None).await.unwrap();
    assert_eq!(situation.channels.len(), 2);
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
}
