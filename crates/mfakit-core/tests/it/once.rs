//! A one-time grant is consumed once, and a grant never outlives its session [GRANT-6, GRANT-9].

use std::time::Duration;

use mfakit_core::{Channel, Clock, GrantToken, Mfa, Reason, Requirement, Subject};

use crate::world::{World, alice, pay, reason, user, world};

const ONCE: fn() -> Requirement = || Requirement::new(pay()).once();

async fn consume(mfa: &Mfa, subject: &Subject, token: Option<&GrantToken>) -> Option<Reason> {
    reason(&mfa.consume(Some(subject), &ONCE(), token).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_fifty_concurrent_uses_of_a_grant_passes() {
    let (world, program) = (world(), Subject::bearer("alice", "jti"));
    let verified = world.succeed(&program).await;
    assert!(verified.token.is_none());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (mfa, program) = (world.mfa.clone(), program.clone());
            tokio::spawn(async move { consume(&mfa, &program, None).await })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        match task.await.unwrap() {
            None => granted += 1,
            Some(reason) => assert_eq!(reason, Reason::Missing),
        }
    }
    assert_eq!(granted, 1);
    assert_eq!(world.events.names().iter().filter(|name| **name == "authn_token_consumed").count(), 1);
}

#[tokio::test]
async fn checking_a_grant_consumes_nothing() {
    let (world, alice) = (world(), alice());
    let verified = world.succeed(&alice).await;
    let token = verified.token.as_ref();
    for _ in 0..3 {
        assert_eq!(world.reason(&alice, ONCE(), token).await, None);
    }
    assert_eq!(consume(&world.mfa, &alice, token).await, None);
    assert_eq!(world.reason(&alice, ONCE(), token).await, Some(Reason::Missing));
    assert_eq!(consume(&world.mfa, &alice, token).await, Some(Reason::Missing));
}

#[tokio::test]
async fn a_rejected_request_consumes_nothing() {
    let (world, alice) = (world(), alice());
    let bobs = world.succeed(&user("bob")).await.token;
    let token = world.succeed(&alice).await.token;
    for (name, subject, presented, why) in [
        ("no cookie", alice.clone(), None, Reason::Missing),
        ("another user's cookie", alice.clone(), bobs.as_ref(), Reason::Mismatch),
        ("another session", user("alice"), token.as_ref(), Reason::Missing),
        ("another user", Subject::cookie("bob", *alice.login()), token.as_ref(), Reason::Missing),
    ] {
        assert_eq!(consume(&world.mfa, &subject, presented).await, Some(why), "{name}");
    }
    let unauthenticated = world.mfa.consume(None, &ONCE(), token.as_ref()).await.unwrap();
    assert_eq!(reason(&unauthenticated), Some(Reason::Unauthenticated));
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, None, "the grant is still valid");
}

#[tokio::test]
async fn an_expired_or_revoked_grant_cannot_be_consumed() {
    let (world, alice) = (world(), alice());
    let token = world.succeed(&alice).await.token;
    world.clock.advance(Duration::from_secs(10 * 60));
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, Some(Reason::Expired));
    let token = world.succeed(&alice).await.token;
    world.mfa.revoke_login(alice.user(), alice.login()).await.unwrap();
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, Some(Reason::Missing));
}

#[tokio::test]
async fn the_cookie_of_an_earlier_grant_consumes_nothing() {
    let (world, alice) = (world(), alice());
    let before = world.succeed(&alice).await.token;
    let newest = world.succeed(&alice).await.token;
    assert_eq!(consume(&world.mfa, &alice, before.as_ref()).await, Some(Reason::Mismatch));
    assert_eq!(consume(&world.mfa, &alice, newest.as_ref()).await, None);
}

#[tokio::test]
async fn a_grant_ends_no_later_than_its_session() {
    for (session, lasts) in [(3, 3), (10, 10), (60, 10)] {
        let world: World = world();
        world.clock.advance(Duration::from_secs(30));
        // `succeed` advances the clock by 30 seconds before it starts.
        let starts = world.clock.now().plus(Duration::from_secs(30));
        let ends = starts.plus(Duration::from_secs(session * 60));
        let lasts = Duration::from_secs(lasts * 60);
        let program = Subject::bearer("alice", "jti").with_session_end(ends);
        let verified = world.succeed(&program).await;
        assert_eq!(verified.lifetime, lasts);
        assert_eq!(verified.grant.expires_at(), starts.plus(lasts));
        assert_eq!(verified.grant.channel(), Channel::Messaging);
        world.clock.advance(lasts - Duration::from_millis(1));
        assert_eq!(world.reason(&program, Requirement::new(pay()), None).await, None);
        world.clock.advance(Duration::from_millis(1));
        assert!(world.reason(&program, Requirement::new(pay()), None).await.is_some());
    }
}
