//! The number of series is limited, and none carries text of a stranger.

use std::{sync::Arc, time::Duration};

use mfakit::{
    Channel, ClientAddress, LoginId, MemoryStore, Mfa, MfaBuilder, PhoneNumber, Region, Requirement, Scope,
    StartRequest, Subject, UnknownNumbers, UserId,
    testing::{ManualClock, TestProvider},
};

use crate::operations::{
    bank::{drive, on_axum},
    recorder::Recorder,
};

/// Largest number of series of an app, with every bucket of every histogram.
const MOST: usize = 210;

/// A number of each of these countries.
const NUMBERS: [&str; 10] = [
    "+19195551234",
    "+14165551234",
    "+442071838750",
    "+33612345678",
    "+4915123456789",
    "+34612345678",
    "+393123456789",
    "+819012345678",
    "+61412345678",
    "+5511961234567",
];

fn builder(provider: &TestProvider, clock: &ManualClock) -> MfaBuilder {
    Mfa::builder(provider.clone(), "https://bank.example")
        .directory(async |user: UserId| {
            let at: usize =
                user.as_str().rsplit('-').next().and_then(|at| at.parse().ok()).unwrap_or_default();
            PhoneNumber::new(NUMBERS[at % NUMBERS.len()]).map(Some)
        })
        .clock(clock.clone())
}

/// Returns the codes of many countries.
fn many_countries() -> Vec<String> {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    codes.filter(|code| code.parse::<Region>().is_ok()).collect()
}

/// Starts, guesses and checks under this scope for every number.
async fn call_everything(mfa: &Mfa, scope: Scope, clock: &ManualClock) {
    for channel in [Channel::Messaging, Channel::Voice] {
        for at in 0..NUMBERS.len() {
            clock.advance(Duration::from_secs(3600));
            let user = Subject::cookie(format!("<b>\"stranger\"-{scope}-{at}"), LoginId::random());
            let _ = mfa.start(&user, StartRequest::new(scope, channel)).await;
            let _ = mfa.check(Some(&user), &Requirement::new(scope), None).await;
        }
    }
}

#[tokio::test]
async fn an_app_with_every_country_and_fifty_scopes_has_at_most_210_series() {
    let (recorder, provider, clock) = (Recorder::new(), TestProvider::new(), ManualClock::new());
    let countries = many_countries();
    assert!(countries.len() > 200, "{}", countries.len());
    let mut builder = builder(&provider, &clock).messaging_to(&countries).voice_to(&countries);
    for at in 0..50 {
        builder = builder.scope(format!("scope-{at:02}"), "do something");
    }
    let mfa = recorder.build(builder.unknown_numbers(UnknownNumbers::Accept));
    for at in [0, 5, 6, 49] {
        call_everything(&mfa, Scope::new(&format!("scope-{at:02}")).unwrap(), &clock).await;
    }
    for stranger in ["stranger", "x-1", "x-2"] {
        call_everything(&mfa, Scope::new(stranger).unwrap(), &clock).await;
    }
    let _ = mfa.health().await;
    let scrape = recorder.scrape();
    println!("{} series", scrape.series.len());
    assert!(scrape.series.len() <= MOST, "{} series", scrape.series.len());
    assert!(provider.sends() > 20, "{}", provider.sends());
    assert!(scrape.sum("mfakit_starts_total", &[("scope", "scope-05")]) > 0.0);
    assert!(scrape.sum("mfakit_starts_total", &[("scope", "other")]) > 0.0);
    assert!(scrape.sum("mfakit_sends_total", &[("country", "other")]) > 0.0);
}

#[tokio::test]
async fn countries_and_scopes_that_were_not_declared_are_other() {
    let (recorder, provider, clock) = (Recorder::new(), TestProvider::new(), ManualClock::new());
    let builder = builder(&provider, &clock).scope("pay", "pay").messaging_to(["US", "GB"]);
    let mfa = recorder.build(builder.client_address(ClientAddress::Direct));
    let before = recorder.scrape().series.len();
    for scope in ["pay", "stranger", "x-1"] {
        call_everything(&mfa, Scope::new(scope).unwrap(), &clock).await;
    }
    let scrape = recorder.scrape();
    assert_eq!(scrape.series.len(), before, "every series is there from the start");
    for (label, allowed) in [("scope", &["pay", "other"][..]), ("country", &["US", "GB", "other"])] {
        for series in &scrape.series {
            let value = series.labels.get(label);
            assert!(value.is_none_or(|value| allowed.contains(&value.as_str())), "{series:?}");
        }
    }
}

#[tokio::test]
async fn no_label_has_a_user_a_number_an_address_or_a_code() {
    let recorder = Recorder::new();
    drive(on_axum, &recorder).await;
    let text = recorder.text();
    for secret in ["alice", "bob", "+1", "9195551234", "127.0.0.1", "bank.example", "no table", "undeclared"]
    {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
}

#[tokio::test]
async fn a_recorder_that_comes_after_the_engine_counts_from_then_on() {
    let (recorder, clock) = (Recorder::new(), ManualClock::new());
    let mfa = builder(&TestProvider::new(), &clock).scope("pay", "pay").messaging_to(["US"]).metrics();
    let mfa = mfa.build().unwrap();
    let alice = Subject::cookie("alice", LoginId::random());
    let requirement = Requirement::new(Scope::new("pay").unwrap());
    mfa.check(Some(&alice), &requirement, None).await.map(drop).unwrap();
    assert!(recorder.scrape().series.is_empty());
    // The check runs when its future is polled, so the recorder must be current then.
    recorder.with(|| {
        let check = mfa.check(Some(&alice), &requirement, None);
        futures_util::FutureExt::now_or_never(check).unwrap().map(drop).unwrap();
    });
    mfa.check(Some(&alice), &requirement, None).await.map(drop).unwrap();
    assert_eq!(recorder.scrape().sum("mfakit_checks_total", &[("outcome", "denied")]), 2.0);
}

#[tokio::test]
async fn an_engine_that_does_not_ask_for_metrics_has_none() {
    let recorder = Recorder::new();
    let builder = builder(&TestProvider::new(), &ManualClock::new()).scope("pay", "pay").messaging_to(["US"]);
    let mfa = recorder.with(|| builder.build().unwrap());
    let alice = Subject::cookie("alice", LoginId::random());
    mfa.start(&alice, StartRequest::new(Scope::new("pay").unwrap(), Channel::Messaging))
        .await
        .map(drop)
        .unwrap();
    assert!(recorder.scrape().series.is_empty());
}

#[tokio::test]
async fn the_gauges_show_the_fill_of_the_store() {
    let (recorder, clock) = (Recorder::new(), ManualClock::new());
    let store = Arc::new(MemoryStore::with_capacity(10));
    let builder = builder(&TestProvider::new(), &clock).scope("pay", "pay").messaging_to(["US"]);
    let mfa = recorder.build(builder.store(Arc::clone(&store)));
    let alice = Subject::cookie("alice", LoginId::random());
    mfa.start(&alice, StartRequest::new(Scope::new("pay").unwrap(), Channel::Messaging))
        .await
        .map(drop)
        .unwrap();
    let scrape = recorder.scrape();
    assert_eq!(scrape.sum("mfakit_store_records", &[("kind", "users")]), 1.0);
    assert_eq!(scrape.sum("mfakit_store_capacity", &[("kind", "users")]), 10.0);
    assert!(scrape.sum("mfakit_store_records", &[("kind", "budgets")]) >= 1.0);
}
