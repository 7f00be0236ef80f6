//! The tools for tests of apps: a policy without limits, recorded events, and a provider that fails on demand.

use std::time::Duration;

use mfakit_core::{
    BuildError, Channel, Code, LoginId, Mfa, PhoneNumber, Policy, StartError, Subject, UserId, VerifyError,
    provider::ProviderErrorKind,
    testing::{Events, TestProvider},
};

use crate::world::{alice, pay, world_of, world_with};

#[tokio::test]
async fn a_suite_with_one_user_never_waits() {
    let world = world_of(Policy::for_tests());
    for _ in 0..40 {
        let alice = alice();
        let live = world.start(&alice).await.unwrap();
        assert_eq!(live.resend_in, Duration::ZERO);
        for _ in 0..4 {
            let rejected = world.answer(&alice, &live, &world.wrong_code()).await;
            assert!(matches!(rejected, Err(VerifyError::WrongCode { .. })), "{rejected:?}");
        }
        let _verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
    }
    assert_eq!(world.provider.inbox().len(), 40, "all of them within one second of the clock");
}

#[tokio::test]
async fn a_lock_that_a_test_asks_for_comes_when_it_says() {
    let policy = Policy::for_tests().lock_after(2).lock_for(Duration::from_secs(60));
    let (world, alice) = (world_of(policy), alice());
    let live = world.start(&alice).await.unwrap();
    for _ in 0..2 {
        let _rejected = world.answer(&alice, &live, &world.wrong_code()).await;
    }
    assert!(matches!(world.start(&alice).await, Err(StartError::Locked { .. })));
    world.clock.advance(Duration::from_secs(60));
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn events_are_recorded_with_their_subject() {
    let events = Events::new();
    let (world, alice) = (world_with(|builder| builder.observer(events.clone())), alice());
    events.clear();
    let live = world.start(&alice).await.unwrap();
    let _rejected = world.answer(&alice, &live, &world.wrong_code()).await;
    let _verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
    assert_eq!(events.kinds(), ["CodeSent", "CodeRejected", "Granted"]);
    let rejected = events.wait_for("CodeRejected").await;
    assert_eq!((rejected.name, rejected.scope), ("authn_login_fail", Some(pay())));
    assert_eq!(rejected.details, "CodeRejected { attempts_left: 4, failures: 1 }");
    assert_eq!((rejected.user.as_ref(), events.last_subject()), (Some(alice.user()), Some(alice.clone())));

    // An event of a kind without details, and one that comes later.
    let waiting = tokio::spawn({
        let events = events.clone();
        async move { events.wait_for("Unlocked").await }
    });
    tokio::task::yield_now().await;
    world.mfa.unlock(alice.user()).await.unwrap();
    assert_eq!(waiting.await.unwrap().kind, "Unlocked");
    events.clear();
    assert!(events.all().is_empty());
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "no event Granted within 10s, only [\"Unlocked\"]")]
async fn waiting_in_vain_fails_the_test_with_what_happened() {
    let events = Events::new();
    let world = world_with(|builder| builder.observer(events.clone()));
    events.clear();
    world.mfa.unlock(alice().user()).await.unwrap();
    events.wait_for("Granted").await;
}

#[tokio::test]
async fn a_provider_fails_until_it_recovers() {
    let (world, alice) = (world_of(Policy::for_tests()), alice());
    world.provider.fail(ProviderErrorKind::Unreachable);
    for _ in 0..3 {
        assert!(matches!(world.start(&alice).await, Err(StartError::ProviderFailed)));
    }
    world.provider.recover();
    let live = world.start(&alice).await.unwrap();
    world.provider.fail(ProviderErrorKind::Failed);
    let failed = world.answer(&alice, &live, &world.right_code()).await;
    assert!(matches!(failed, Err(VerifyError::ProviderFailed)));
    world.provider.recover();
    assert!(world.answer(&alice, &live, &world.right_code()).await.is_ok());
}

#[test]
fn a_provider_without_voice_builds_no_engine_that_calls() {
    let built = Mfa::builder(TestProvider::new().without(Channel::Voice), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .voice_to(["US"])
        .build();
    assert!(matches!(built, Err(BuildError::UnsupportedChannel { channel: Channel::Voice })));
}

#[tokio::test]
async fn grants_for_known_subjects_do_not_count_as_sends() {
    let world = world_with(|builder| builder);
    for _ in 0..12 {
        world.mfa.testing().grant(&Subject::cookie("alice", LoginId::random()), "pay").await;
    }
    assert!(world.start(&alice()).await.is_ok());
    let _code = Code::parse(&world.provider.last_code().unwrap()).unwrap();
}
