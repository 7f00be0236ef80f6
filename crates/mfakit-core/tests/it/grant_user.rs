//! A grant that a test gives to a user in every session ends as a grant of a real code does [CODE-10].

use std::time::Duration;

use mfakit_core::{
    Clock, Decision, MemoryStore, Mfa, Reason, Requirement, Subject,
    testing::{HookedStore, Outage},
};

use crate::world::{alice, pay, reason, settings, user, world, world_with};

async fn check(mfa: &Mfa, subject: &Subject, requirement: Requirement) -> Option<Reason> {
    reason(&mfa.check(Some(subject), &requirement, None).await.unwrap())
}

async fn may_pay(mfa: &Mfa, subject: &Subject) -> bool {
    check(mfa, subject, Requirement::new(pay())).await.is_none()
}

async fn consume(mfa: &Mfa, subject: &Subject) -> Option<Reason> {
    reason(&mfa.consume(Some(subject), &Requirement::new(pay()).once(), None).await.unwrap())
}

#[tokio::test]
async fn every_session_of_the_user_passes_without_a_cookie_and_no_other_user_does() {
    let world = world();
    let (here, there, program) = (alice(), alice(), Subject::bearer("alice", "jti"));
    assert_eq!(check(&world.mfa, &here, Requirement::new(pay())).await, Some(Reason::Missing));
    world.mfa.testing().grant_user("alice", "pay");
    for subject in [&here, &there, &program] {
        assert!(may_pay(&world.mfa, subject).await, "{subject:?}");
    }
    assert!(!may_pay(&world.mfa, &user("bob")).await);
    assert_eq!(check(&world.mfa, &here, Requirement::new(settings())).await, Some(Reason::Missing));
    let unauthenticated = world.mfa.check(None, &Requirement::new(pay()), None).await.unwrap();
    assert_eq!(reason(&unauthenticated), Some(Reason::Unauthenticated));
}

#[tokio::test]
async fn it_expires_by_the_clock_and_by_the_age_that_a_route_allows() {
    let (world, alice) = (world(), alice());
    let young = || Requirement::new(pay()).with_max_age(Duration::from_secs(60));
    world.mfa.testing().grant_user("alice", "pay");
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(check(&world.mfa, &alice, young()).await, None);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(check(&world.mfa, &alice, young()).await, Some(Reason::Expired));
    world.clock.advance(Duration::from_secs(9 * 60 - 1));
    assert!(may_pay(&world.mfa, &alice).await);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(check(&world.mfa, &alice, Requirement::new(pay())).await, Some(Reason::Expired));
    world.mfa.testing().grant_user("alice", "pay");
    assert!(may_pay(&world.mfa, &alice).await, "a new grant");
}

#[tokio::test]
async fn it_does_not_outlive_the_session() {
    let world = world();
    let ends_at = world.clock.now().plus(Duration::from_secs(30));
    let alice = alice().with_session_end(ends_at);
    world.mfa.testing().grant_user("alice", "pay");
    assert!(may_pay(&world.mfa, &alice).await);
    world.clock.advance(Duration::from_secs(30));
    assert!(!may_pay(&world.mfa, &alice).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_fifty_concurrent_uses_in_one_session_passes_and_other_sessions_keep_theirs() {
    let (world, here, there) = (world(), alice(), alice());
    world.mfa.testing().grant_user("alice", "pay");
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (mfa, here) = (world.mfa.clone(), here.clone());
            tokio::spawn(async move { consume(&mfa, &here).await })
        })
        .collect();
    let mut passed = 0;
    for task in tasks {
        passed += usize::from(task.await.unwrap().is_none());
    }
    assert_eq!(passed, 1);
    assert_eq!(consume(&world.mfa, &there).await, None);
    assert_eq!(consume(&world.mfa, &there).await, Some(Reason::Missing));
}

#[tokio::test]
async fn each_revocation_ends_it_where_it_would_end_a_grant_of_a_code() {
    let (world, here, there) = (world(), alice(), alice());
    let give = || world.mfa.testing().grant_user("alice", "pay");
    let holds = async || (may_pay(&world.mfa, &here).await, may_pay(&world.mfa, &there).await);

    give();
    world.mfa.revoke_login(here.user(), here.login()).await.unwrap();
    assert_eq!(holds().await, (false, true), "a sign-out");

    give();
    world.mfa.revoke_grant(&here, &settings()).await.unwrap();
    assert_eq!(holds().await, (true, true), "another scope was dropped");
    world.mfa.revoke_grant(&here, &pay()).await.unwrap();
    assert_eq!(holds().await, (false, true), "a dropped confirmation");

    give();
    world.mfa.revoke_scope(here.user(), &pay()).await.unwrap();
    assert_eq!(holds().await, (false, false), "a revoked scope");

    give();
    world.mfa.revoke_user(user("bob").user()).await.unwrap();
    assert_eq!(holds().await, (true, true), "another user was revoked");
    world.mfa.revoke_user(here.user()).await.unwrap();
    assert_eq!(holds().await, (false, false), "a revoked user");
    assert!(!may_pay(&world.mfa, &alice()).await, "a later sign-in");
}

#[tokio::test]
async fn a_grant_of_a_code_remains_when_the_one_of_the_test_is_over() {
    let (world, alice) = (world(), alice());
    let verified = world.succeed(&alice).await;
    let token = verified.token.as_ref();
    world.mfa.testing().grant_user("alice", "pay");
    let once = Requirement::new(pay()).once();
    for left in [true, true, false] {
        let consumed = world.mfa.consume(Some(&alice), &once, token).await.unwrap();
        assert_eq!(matches!(consumed, Decision::Granted(_)), left);
    }
}

#[tokio::test]
async fn a_store_that_fails_still_rejects() {
    let outage = Outage::new();
    let store = HookedStore::new(MemoryStore::new(), outage.clone());
    let (world, alice) = (world_with(|builder| builder.store(store)), alice());
    world.mfa.testing().grant_user("alice", "pay");
    outage.begin();
    assert_eq!(check(&world.mfa, &alice, Requirement::new(pay())).await, Some(Reason::Unavailable));
    outage.end();
    assert!(may_pay(&world.mfa, &alice).await);
}

#[tokio::test]
#[should_panic(expected = "the scope transfer is not declared")]
async fn an_undeclared_scope_fails_the_test() {
    world().mfa.testing().grant_user("alice", "transfer");
}
