//! Operations for administrators.

use std::time::Duration;

use mfakit_core::{Channel, Clock, Recognition, store::Lock};

use crate::{
    sends::rejection,
    world::{alice, brisk, pay, user, world, world_of},
};

#[tokio::test]
async fn the_status_is_complete_and_contains_no_secret() {
    let (world, alice) = (world(), alice());
    let nothing = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((nothing.failures, nothing.lock, nothing.resend_at), (0, Lock::Unlocked, None));
    assert!(nothing.live_challenges == 0 && nothing.grants.is_empty());

    let verified = world.succeed(&alice).await;
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    let status = world.mfa.status(alice.user()).await.unwrap();
    let now = world.clock.now();
    assert_eq!((status.failures, status.lock, status.live_challenges), (1, Lock::Unlocked, 1));
    assert_eq!(status.resend_at, Some(now.plus(Duration::from_secs(30))));
    let [grant] = &status.grants[..] else { panic!("{status:?}") };
    assert_eq!((grant.scope, grant.verified_at, grant.channel), (pay(), now, Channel::Messaging));
    assert_eq!((grant.expires_at, grant.recognition), (now.plus(verified.lifetime), Recognition::Cookie));
    let shown = format!("{status:?}");
    let token = verified.token.unwrap();
    for secret in [token.expose(), &live.id.encode(), world.right_code().expose_digits(), "9195551234"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    world.clock.advance(Duration::from_secs(10 * 60));
    let later = world.mfa.status(alice.user()).await.unwrap();
    assert!(later.live_challenges == 0 && later.grants.is_empty(), "{later:?}");
}

#[tokio::test]
async fn unlocking_resets_lock_and_failures_but_not_sends() {
    let (world, alice) = (world_of(brisk().lock_after(1)), alice());
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    assert!(matches!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Until(_)));
    world.mfa.unlock(alice.user()).await.unwrap();
    let status = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((status.failures, status.lock), (0, Lock::Unlocked));
    assert_eq!(rejection(world.start(&alice).await), ("cool-down", Duration::from_secs(30)));
    assert!(world.answer(&alice, &live, &world.right_code()).await.is_ok(), "the challenge is still live");
}

#[tokio::test]
async fn a_forgotten_number_counts_toward_its_block_again_and_keeps_its_sends() {
    let world = world();
    let owner = user("owner");
    let _verified = world.succeed(&owner).await;
    world.mfa.forget_number(owner.user()).await.unwrap();
    assert_eq!(world.events.names().last(), Some(&"authn_number_forgotten"));
    // One message was sent to the number, so two of three in ten minutes are left for its next owners.
    for _ in 0..2 {
        let _live = world.start(&user("next owner")).await.unwrap();
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(rejection(world.start(&user("one more owner")).await).0, "number");
    // Nine neighbors and these two are eleven numbers of one block, of which ten are served.
    let mut sent = 0;
    for n in 0..9 {
        let name = format!("neighbor {n}");
        world.enter(&name, format!("+191955512{n:02}"));
        sent += usize::from(world.start(&user(&name)).await.is_ok());
    }
    assert_eq!(sent, 8);
}

#[tokio::test]
async fn forgetting_the_number_of_a_user_without_one_is_not_an_error() {
    let world = world();
    *world.number.lock().unwrap() = None;
    world.mfa.forget_number(alice().user()).await.unwrap();
}
