//! Wrong codes lock a user. Strangers and a failing provider do not [RATE-2, RATE-3, RATE-5, RATE-9].

use std::time::Duration;

use mfakit_core::{
    Channel, Clock, Code, LiveChallenge, StartError, StartRequest, Subject, VerifyError,
    provider::ProviderErrorKind, store::Lock,
};

use crate::world::{World, alice, brisk, pay, roomy, user, world_of, world_with};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Enters several wrong codes, five for each challenge.
async fn fail(world: &World, subject: &Subject, failures: u32) {
    let mut live = None::<LiveChallenge>;
    for n in 0..failures {
        if n % 5 == 0 {
            live = Some(world.start_after_the_wait(subject).await);
        }
        world.guess(subject, live.as_ref().unwrap()).await;
    }
}

#[tokio::test]
async fn wrong_codes_count_across_resends_channels_and_sessions_and_the_tenth_locks() {
    let world = world_with(|builder| builder.policy(roomy()).voice_to(["US"]));
    let alice = alice();
    let first = world.start(&alice).await.unwrap();
    let resent = {
        for left in [4, 3, 2, 1] {
            assert_eq!(world.guess(&alice, &first).await, left);
        }
        world.clock.advance(first.resend_in);
        world.start(&alice).await.unwrap()
    };
    for left in [4, 3, 2, 1] {
        assert_eq!(world.guess(&alice, &resent).await, left);
    }
    world.clock.advance(resent.resend_in);
    let called = world.mfa.start(&alice, StartRequest::new(pay(), Channel::Voice)).await.unwrap();
    for left in [1, 0] {
        assert_eq!(
            world.guess(&alice, &called).await,
            left,
            "the lock is nearer than the end of the challenge"
        );
    }
    assert_eq!(world.provider.verifies(), 10);

    world.clock.advance(Duration::from_secs(150));
    let still = Duration::from_secs(1650);
    for code in [world.wrong_code(), world.right_code()] {
        let rejected = world.answer(&alice, &called, &code).await;
        assert!(
            matches!(rejected, Err(VerifyError::Locked { retry_after: Some(wait) }) if wait == still),
            "{rejected:?}"
        );
    }
    for subject in [alice, user("alice")] {
        let rejected = world.start(&subject).await;
        assert!(
            matches!(rejected, Err(StartError::Locked { retry_after: Some(wait) }) if wait == still),
            "{rejected:?}"
        );
    }
    assert_eq!((world.provider.sends(), world.provider.verifies()), (3, 10));
}

#[tokio::test]
async fn each_lock_lasts_twice_as_long_to_the_millisecond_until_only_the_app_can_unlock() {
    let (world, alice) = (world_of(brisk()), alice());
    for (failures, lasts) in [(10, 30), (20, 60), (30, 120), (40, 240)] {
        fail(&world, &alice, 10).await;
        let lasts = Duration::from_secs(lasts * 60);
        let status = world.mfa.status(alice.user()).await.unwrap();
        assert_eq!((status.failures, status.lock), (failures, Lock::Until(world.clock.now().plus(lasts))));
        world.clock.advance(lasts - MILLISECOND);
        let rejected = world.start(&alice).await;
        assert!(
            matches!(rejected, Err(StartError::Locked { retry_after: Some(MILLISECOND) })),
            "{failures}: {rejected:?}"
        );
        world.clock.advance(MILLISECOND);
    }
    fail(&world, &alice, 10).await;
    let asked = world.provider.verifies();
    for days in [0, 1, 31, 365] {
        world.clock.advance(Duration::from_secs(24 * days * 60 * 60));
        let rejected = world.start(&alice).await;
        assert!(matches!(rejected, Err(StartError::Locked { retry_after: None })), "{days}: {rejected:?}");
    }
    world.mfa.unlock(alice.user()).await.unwrap();
    let _verified = world.succeed(&alice).await;
    assert_eq!(world.provider.verifies(), asked + 1);
}

#[tokio::test]
async fn the_code_of_a_user_who_is_locked_after_the_start_is_not_checked() {
    let (world, phone, laptop) = (world_of(brisk()), alice(), alice());
    fail(&world, &phone, 9).await;
    // The live challenge is in another session. The lock applies to the user all the same.
    let waiting = world.start_after_the_wait(&laptop).await;
    let code = world.right_code();
    fail(&world, &phone, 1).await;
    let asked = world.provider.verifies();
    let rejected = world.answer(&laptop, &waiting, &code).await;
    assert!(matches!(rejected, Err(VerifyError::Locked { retry_after: Some(_) })), "{rejected:?}");
    assert_eq!(world.provider.verifies(), asked);
}

#[tokio::test]
async fn a_success_resets_the_count() {
    let (world, alice) = (world_of(brisk()), alice());
    fail(&world, &alice, 9).await;
    let _verified = world.succeed(&alice).await;
    fail(&world, &alice, 9).await;
    assert_eq!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Unlocked);
    fail(&world, &alice, 1).await;
    assert!(matches!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Until(_)));
}

#[tokio::test]
async fn a_failing_provider_locks_no_user_and_each_failure_costs_the_challenge_an_attempt() {
    let (world, alice) = (world_of(brisk()), alice());
    let throttled = ProviderErrorKind::Throttled { retry_after: Duration::from_secs(7) };
    for _ in 0..2 {
        let live = world.start_after_the_wait(&alice).await;
        for _ in 0..5 {
            let kind = if world.provider.verifies() % 2 == 0 { ProviderErrorKind::Failed } else { throttled };
            world.provider.fail_next_verify(kind);
            let rejected = world.answer(&alice, &live, &world.right_code()).await;
            assert!(
                matches!(rejected, Err(VerifyError::ProviderFailed | VerifyError::Throttled { .. })),
                "{rejected:?}"
            );
        }
        let spent = world.answer(&alice, &live, &world.right_code()).await;
        assert!(matches!(spent, Err(VerifyError::ChallengeOver)), "{spent:?}");
    }
    assert_eq!(world.provider.verifies(), 10);
    let status = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((status.failures, status.lock), (0, Lock::Unlocked));
}

#[tokio::test]
async fn a_provider_failure_at_the_locking_attempt_leaves_no_lock() {
    let (world, alice) = (world_of(brisk()), alice());
    fail(&world, &alice, 9).await;
    let live = world.start_after_the_wait(&alice).await;
    world.provider.fail_next_verify(ProviderErrorKind::Failed);
    let failed = world.answer(&alice, &live, &world.right_code()).await;
    assert!(matches!(failed, Err(VerifyError::ProviderFailed)), "{failed:?}");
    let status = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((status.failures, status.lock), (9, Lock::Unlocked));
    assert!(world.answer(&alice, &live, &world.right_code()).await.is_ok());
}

#[tokio::test]
async fn malformed_codes_and_codes_of_strangers_are_not_counted() {
    let (world, alice) = (world_of(brisk()), alice());
    let live = world.start(&alice).await.unwrap();
    let right = world.right_code();
    for stranger in [user("bob"), user("alice"), Subject::bearer("alice", "jti")] {
        for _ in 0..20 {
            let rejected = world.answer(&stranger, &live, &world.wrong_code()).await;
            assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
        }
    }
    for _ in 0..20 {
        for malformed in ["1234", "12345678"] {
            let rejected = world.answer(&alice, &live, &Code::parse(malformed).unwrap()).await;
            assert!(matches!(rejected, Err(VerifyError::MalformedCode)), "{rejected:?}");
        }
    }
    for name in ["alice", "bob"] {
        let status = world.mfa.status(&name.into()).await.unwrap();
        assert_eq!((status.failures, status.lock), (0, Lock::Unlocked), "{name}");
    }
    assert_eq!(world.provider.verifies(), 0);
    assert!(world.answer(&alice, &live, &right).await.is_ok());
}
