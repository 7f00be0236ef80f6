//! A grant that is used up is used up once, and a grant never outlives its session [GRANT-6, GRANT-9].

use std::time::Duration;

use mfakit_core::{Channel, Clock, GrantToken, Mfa, Reason, Requirement, Subject};

use crate::world::{World, alice, pay, reason, user, world};

const ONCE: fn() -> Requirement = || Requirement::new(pay()).once();

async fn consume(mfa: &Mfa, subject: &Subject, token: Option<&GrantToken>) -> Option<Reason> {
    reason(&mfa.consume(Some(subject), &ONCE(), token).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_that_use_one_grant_at_once_one_passes() {
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
    assert_eq!(world.heard.names().iter().filter(|name| **name == "authn_token_consumed").count(), 1);
}

#[tokio::test]
async fn to_look_at_a_grant_uses_nothing_up() {
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
async fn who_may_not_pass_uses_nothing_up() {
    let (world, alice) = (world(), alice());
    let theirs = world.succeed(&user("bob")).await.token;
    let token = world.succeed(&alice).await.token;
    for (name, subject, presented, why) in [
        ("no cookie", alice.clone(), None, Reason::Missing),
        ("somebody else's cookie", alice.clone(), theirs.as_ref(), Reason::Mismatch),
        ("another log-in", user("alice"), token.as_ref(), Reason::Missing),
        ("another user", Subject::cookie("bob", *alice.login()), token.as_ref(), Reason::Missing),
    ] {
        assert_eq!(consume(&world.mfa, &subject, presented).await, Some(why), "{name}");
    }
    let nobody = world.mfa.consume(None, &ONCE(), token.as_ref()).await.unwrap();
    assert_eq!(reason(&nobody), Some(Reason::Unauthenticated));
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, None, "it was still there");
}

#[tokio::test]
async fn what_has_expired_or_was_revoked_cannot_be_used() {
    let (world, alice) = (world(), alice());
    let token = world.succeed(&alice).await.token;
    world.clock.advance(Duration::from_mins(10));
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, Some(Reason::Expired));
    let token = world.succeed(&alice).await.token;
    world.mfa.revoke_login(alice.user(), alice.login()).await.unwrap();
    assert_eq!(consume(&world.mfa, &alice, token.as_ref()).await, Some(Reason::Missing));
}

#[tokio::test]
async fn the_cookie_of_the_grant_before_uses_nothing_up() {
    let (world, alice) = (world(), alice());
    let before = world.succeed(&alice).await.token;
    let newest = world.succeed(&alice).await.token;
    assert_eq!(consume(&world.mfa, &alice, before.as_ref()).await, Some(Reason::Mismatch));
    assert_eq!(consume(&world.mfa, &alice, newest.as_ref()).await, None);
}

#[tokio::test]
async fn a_grant_ends_with_its_session_where_that_is_sooner() {
    for (session, lasts) in [(3, 3), (10, 10), (60, 10)] {
        let world: World = world();
        world.clock.advance(Duration::from_secs(30));
        // `succeed` waits half a minute before it starts.
        let starts = world.clock.now().plus(Duration::from_secs(30));
        let ends = starts.plus(Duration::from_mins(session));
        let lasts = Duration::from_mins(lasts);
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
