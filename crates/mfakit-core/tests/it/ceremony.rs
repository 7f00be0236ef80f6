//! Starting, verifying and checking by the engine, without HTTP.

use std::{sync::atomic::Ordering, time::Duration};

use mfakit_core::{
    Channel, Clock, LoginId, Mfa, Observer, PhoneNumber, Reason, Requirement, Scope, Secret, StartError,
    StartRequest, Subject, Timestamp, UserId, VerifyError,
    adapter::{MfaExt as _, Purpose},
    event::Event,
    provider::ProviderErrorKind,
};

use crate::{
    shared_memory::SharedMemory,
    world::{World, alice, pay, roomy, world, world_with},
};

#[tokio::test]
async fn the_right_code_yields_a_grant_that_ends_at_the_shorter_age() {
    let (world, alice) = (world(), alice());
    let wanted = Requirement::new(pay());
    assert_eq!(world.reason(&alice, wanted, None).await, Some(Reason::Missing));
    let challenge = world.start(&alice).await.unwrap();
    assert_eq!((challenge.sent_to.as_str(), challenge.resend_in), ("•••34", Duration::from_secs(30)));
    let verified = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await.unwrap();
    let token = verified.token.as_ref();
    assert_eq!(world.reason(&alice, wanted, token).await, None);
    assert_eq!(
        world.reason(&alice, Requirement::new(Scope::new("settings").unwrap()), token).await,
        Some(Reason::Missing)
    );
    world.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(
        world.reason(&alice, wanted.with_max_age(Duration::from_secs(5 * 60)), token).await,
        Some(Reason::Expired)
    );
    assert_eq!(world.reason(&alice, wanted, token).await, None);
    world.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(world.reason(&alice, wanted, token).await, Some(Reason::Expired));
}

#[tokio::test]
async fn a_bearer_grant_needs_no_cookie_and_is_not_valid_for_a_cookie_subject() {
    let world = world();
    let program = Subject::bearer("alice", "jti-1");
    let challenge = world.start(&program).await.unwrap();
    let verified = world.mfa.verify(&program, &pay(), &challenge.id, &world.right_code()).await.unwrap();
    assert!(verified.token.is_none());
    let wanted = Requirement::new(pay());
    assert_eq!(world.reason(&program, wanted, None).await, None);
    assert_eq!(world.reason(&Subject::bearer("alice", "jti-2"), wanted, None).await, Some(Reason::Missing));
    assert_eq!(
        world.reason(&Subject::cookie("alice", *program.login()), wanted, None).await,
        Some(Reason::Mismatch)
    );
    assert_eq!(world.reason(&Subject::bearer("bob", "jti-1"), wanted, None).await, Some(Reason::Missing));
}

#[tokio::test]
async fn a_message_is_sent_only_to_listed_countries() {
    let world = world();
    for (number, allowed) in [
        ("+19195551234", true),
        ("+14165550123", false),
        ("+18765551234", false),
        ("+447400123456", false),
        ("+88161234567", false),
        ("+979123456789", false),
        ("+1919555", false),
    ] {
        *world.number.lock().unwrap() = Some(number);
        world.clock.advance(Duration::from_secs(2 * 60 * 60));
        let started = world.start(&alice()).await;
        assert_eq!(started.is_ok(), allowed, "{number}");
        assert!(allowed || matches!(started, Err(StartError::DestinationRejected(_))), "{number}");
    }
    assert_eq!(world.provider.sends(), 1);
    let call = StartRequest::new(pay(), Channel::Voice);
    assert!(matches!(world.mfa.start(&alice(), call).await, Err(StartError::ChannelUnavailable)));
    *world.number.lock().unwrap() = None;
    assert!(matches!(world.start(&alice()).await, Err(StartError::NoNumber)));
}

#[tokio::test]
async fn a_changed_number_ends_the_challenge_before_the_provider_is_called() {
    for changed in [Some("+19195555678"), None] {
        let (world, alice) = (world(), alice());
        let challenge = world.start(&alice).await.unwrap();
        *world.number.lock().unwrap() = changed;
        let rejected = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await;
        assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
        *world.number.lock().unwrap() = Some("+19195551234");
        let rejected = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await;
        assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
        assert_eq!(world.provider.verifies(), 0);
    }
}

#[tokio::test]
async fn the_wait_between_sends_grows_and_ends_at_a_success() {
    let (world, alice) = (world_with(|builder| builder.policy(roomy())), alice());
    for wait in [30, 60, 120, 120] {
        let challenge = world.start(&alice).await.unwrap();
        assert_eq!(challenge.resend_in, Duration::from_secs(wait));
        world.clock.advance(Duration::from_secs(wait) - Duration::from_millis(1));
        let Err(StartError::CoolingDown { retry_after, live }) = world.start(&alice).await else {
            panic!("a send {wait} s after the one before is too early by a millisecond")
        };
        assert_eq!((retry_after, live.unwrap().id), (Duration::from_millis(1), challenge.id));
        world.clock.advance(Duration::from_millis(1));
    }
    let challenge = world.start(&alice).await.unwrap();
    let _verified = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await.unwrap();
    assert_eq!(world.start(&alice).await.unwrap().resend_in, Duration::from_secs(30));
    world.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(world.start(&alice).await.unwrap().resend_in, Duration::from_secs(30));
}

#[tokio::test]
async fn every_send_has_its_own_provider_scope_and_our_message() {
    let world = world_with(|builder| builder.name("Example Bank").voice_to(["US"]));
    for (channel, user) in [(Channel::Messaging, "alice"), (Channel::Voice, "bob")] {
        let subject = Subject::cookie(user, LoginId::random());
        let _live = world.mfa.start(&subject, StartRequest::new(pay(), channel)).await.unwrap();
    }
    let inbox = world.provider.inbox();
    let [text, call] = inbox.as_slice() else { panic!("two were sent") };
    assert_ne!(text.scope, call.scope);
    for sent in [text, call] {
        assert!(sent.scope.starts_with("pay-") && sent.scope.len() <= 25, "{}", sent.scope);
        assert_eq!(sent.code.len(), 6);
        assert!(
            sent.message.contains("Example Bank") && sent.message.contains(&sent.code),
            "{}",
            sent.message
        );
    }
}

#[tokio::test]
async fn after_a_throttled_send_the_longer_wait_is_returned() {
    for (provider_says, true_wait) in [(5, 30), (120, 120)] {
        let (world, alice) = (world(), alice());
        let wait = Duration::from_secs(provider_says);
        world.provider.fail_next_send(ProviderErrorKind::Throttled { retry_after: wait });
        let Err(StartError::Throttled { retry_after }) = world.start(&alice).await else {
            panic!("the provider throttles")
        };
        assert_eq!(retry_after, Duration::from_secs(true_wait));
        world.clock.advance(retry_after);
        assert!(world.start(&alice).await.is_ok());
    }
}

#[tokio::test]
async fn setting_the_clock_back_does_not_extend_a_challenge() {
    let (world, alice) = (world(), alice());
    let challenge = world.start(&alice).await.unwrap();
    let sent_at = world.clock.now();
    world.clock.set(Timestamp::from_millis(sent_at.as_millis() - 60_001));
    let rejected = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await;
    assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
    world.clock.set(sent_at);
    assert!(world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_hangs_times_out_and_the_code_is_not_accepted() {
    let (world, alice) = (world(), alice());
    let challenge = world.start(&alice).await.unwrap();
    world.provider.delay(Duration::from_secs(60 * 60));
    let rejected = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await;
    assert!(matches!(rejected, Err(VerifyError::ProviderFailed)), "{rejected:?}");
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_revoked_in_flight_yields_no_grant() {
    let world = world_with(|builder| builder.policy(roomy()));
    for (user, revoke) in [("user", 0), ("login", 1), ("scope", 2), ("elevation", 3)] {
        let subject = Subject::cookie(user, LoginId::random());
        world.provider.delay(Duration::from_secs(1));
        let (mfa, sender) = (world.mfa.clone(), subject.clone());
        let start =
            tokio::spawn(
                async move { mfa.start(&sender, StartRequest::new(pay(), Channel::Messaging)).await },
            );
        tokio::time::sleep(Duration::from_millis(100)).await;
        match revoke {
            0 => world.mfa.revoke_user(subject.user()).await,
            1 => world.mfa.revoke_login(subject.user(), subject.login()).await,
            2 => world.mfa.revoke_scope(subject.user(), &pay()).await,
            _ => world.mfa.revoke_grant(&subject, &pay()).await,
        }
        .unwrap();
        let started = start.await.unwrap();
        assert!(matches!(started, Err(StartError::Revoked)), "{user}: {started:?}");
        let situation = world.mfa.situation(&subject, &Requirement::new(pay()), None).await.unwrap();
        assert!(situation.live.is_none(), "{user}");
    }
    assert_eq!(world.provider.sends(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_expires_while_the_provider_checks_it_yields_no_grant() {
    let (world, alice) = (world(), alice());
    let challenge = world.start(&alice).await.unwrap();
    let code = world.right_code();
    world.provider.delay(Duration::from_secs(1));
    let (mfa, sender) = (world.mfa.clone(), alice.clone());
    let verify = tokio::spawn(async move { mfa.verify(&sender, &pay(), &challenge.id, &code).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.clock.advance(Duration::from_secs(5 * 60));
    let verified = verify.await.unwrap();
    assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{verified:?}");
}

#[tokio::test]
async fn a_secret_is_rotated_without_ending_challenges() {
    let old = || Secret::new([1; 32]).unwrap();
    let new = || Secret::new([2; 32]).unwrap();
    let before = world_with(|builder| builder.secret(old()));
    let text = before.mfa.keys().sign(Purpose::Return, &[], "/x");
    let after = world_with(|builder| builder.secret(new()).secret(old()));
    assert_eq!(after.mfa.keys().open(Purpose::Return, &[], &text).as_deref(), Some("/x"));

    // Two instances share a store. The challenge is started before the rotation, and the code is entered after it.
    let store = SharedMemory::default();
    let before = world_with(|builder| builder.secret(old()).store(store.store()));
    let alice = alice();
    let challenge = before.start(&alice).await.unwrap();
    let code = before.right_code();
    let provider = before.provider.clone();
    let after = Mfa::builder(provider, "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .clock(before.clock.clone())
        .store(store.store())
        .secret(new())
        .secret(old())
        .build()
        .unwrap();
    assert!(after.verify(&alice, &pay(), &challenge.id, &code).await.is_ok());
}

#[tokio::test]
async fn an_observer_that_panics_affects_no_request() {
    struct Loud;
    impl Observer for Loud {
        fn observe(&self, _: &Event<'_>) {
            panic!("the observer has a bug")
        }
    }
    let (world, alice) = (world_with(|builder| builder.observer(Loud)), alice());
    assert_eq!(world.reason(&alice, Requirement::new(pay()), None).await, Some(Reason::Missing));
    let challenge = world.start(&alice).await.unwrap();
    assert!(world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_times_out_and_requests_are_rejected() {
    let store = SharedMemory::default();
    let (world, alice) =
        (world_with(|builder| builder.secret(Secret::new([1; 32]).unwrap()).store(store.store())), alice());
    let challenge = world.start(&alice).await.unwrap();
    store.faults.silent.store(true, Ordering::SeqCst);
    assert_eq!(world.reason(&alice, Requirement::new(pay()), None).await, Some(Reason::Unavailable));
    assert!(matches!(world.start(&alice).await, Err(StartError::Unavailable)));
    let verified = world.mfa.verify(&alice, &pay(), &challenge.id, &world.right_code()).await;
    assert!(matches!(verified, Err(VerifyError::Unavailable)), "{verified:?}");
    assert!(world.mfa.situation(&alice, &Requirement::new(pay()), None).await.is_err());
    assert!(world.mfa.revoke_user(alice.user()).await.is_err());
    assert_eq!(world.provider.verifies(), 0);
}

fn shared() -> (World, SharedMemory) {
    let store = SharedMemory::default();
    let secret = Secret::new([1; 32]).unwrap();
    (world_with(|builder| builder.secret(secret).store(store.store())), store)
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_could_not_be_reported_is_revoked() {
    let (world, store) = shared();
    let program = Subject::bearer("alice", "jti");
    let challenge = world.start(&program).await.unwrap();
    store.faults.silent_redeem.store(true, Ordering::SeqCst);
    let verified = world.mfa.verify(&program, &pay(), &challenge.id, &world.right_code()).await;
    assert!(matches!(verified, Err(VerifyError::Unavailable)), "{verified:?}");
    assert_eq!(world.reason(&program, Requirement::new(pay()), None).await, Some(Reason::Missing));
}

#[tokio::test(start_paused = true)]
async fn a_revocation_takes_effect_even_if_its_caller_disconnects() {
    let (world, store) = shared();
    let program = Subject::bearer("alice", "jti");
    assert!(world.mfa.testing().grant(&program, "pay").await.is_empty());
    assert_eq!(world.reason(&program, Requirement::new(pay()), None).await, None);
    store.faults.slow_revoke.store(true, Ordering::SeqCst);
    let hung_up = tokio::time::timeout(Duration::from_millis(1), world.mfa.revoke_user(program.user())).await;
    assert!(hung_up.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.reason(&program, Requirement::new(pay()), None).await, Some(Reason::Missing));
}
