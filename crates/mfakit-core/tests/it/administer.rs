//! What an administrator may look at and mend.

use std::time::Duration;

use mfakit_core::{Channel, Clock, Recognition, store::Lock};

use crate::{
    sends::told,
    world::{alice, brisk, pay, user, world, world_of},
};

#[tokio::test]
async fn the_status_shows_what_there_is_and_nothing_that_opens_anything() {
    let (world, alice) = (world(), alice());
    let nothing = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((nothing.failures, nothing.lock, nothing.resend_at), (0, Lock::Open, None));
    assert!(nothing.live_challenges == 0 && nothing.grants.is_empty());

    let verified = world.succeed(&alice).await;
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    let status = world.mfa.status(alice.user()).await.unwrap();
    let now = world.clock.now();
    assert_eq!((status.failures, status.lock, status.live_challenges), (1, Lock::Open, 1));
    assert_eq!(status.resend_at, Some(now.plus(Duration::from_secs(30))));
    let [grant] = &status.grants[..] else { panic!("{status:?}") };
    assert_eq!((grant.scope, grant.verified_at, grant.channel), (pay(), now, Channel::Messaging));
    assert_eq!((grant.expires_at, grant.recognition), (now.plus(verified.lifetime), Recognition::Cookie));
    let shown = format!("{status:?}");
    let token = verified.token.unwrap();
    for secret in [token.expose(), &live.id.encode(), world.right_code().expose_digits(), "9195551234"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    world.clock.advance(Duration::from_mins(10));
    let later = world.mfa.status(alice.user()).await.unwrap();
    assert!(later.live_challenges == 0 && later.grants.is_empty(), "{later:?}");
}

#[tokio::test]
async fn to_unlock_ends_the_lock_and_the_count_and_gives_no_sends_back() {
    let (world, alice) = (world_of(brisk().lock_after(1)), alice());
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    assert!(matches!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Until(_)));
    world.mfa.unlock(alice.user()).await.unwrap();
    let status = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((status.failures, status.lock), (0, Lock::Open));
    assert_eq!(told(world.start(&alice).await), ("cool-down", Duration::from_secs(30)));
    assert!(world.answer(&alice, &live, &world.right_code()).await.is_ok(), "the challenge was not over");
}

#[tokio::test]
async fn a_forgotten_number_counts_for_its_block_again_and_keeps_what_was_sent() {
    let world = world();
    let owner = user("owner");
    let _verified = world.succeed(&owner).await;
    world.mfa.forget_number(owner.user()).await.unwrap();
    assert_eq!(world.heard.names().last(), Some(&"authn_number_forgotten"));
    // One was sent to it, so of the three in ten minutes two are left, whoever has it now.
    for _ in 0..2 {
        let _live = world.start(&user("next owner")).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(told(world.start(&user("one more owner")).await).0, "number");
    // Nine neighbours and these two are eleven of one block, of which ten are served.
    let mut sent = 0;
    for n in 0..9 {
        let name = format!("neighbour {n}");
        world.enter(&name, format!("+191955512{n:02}"));
        sent += usize::from(world.start(&user(&name)).await.is_ok());
    }
    assert_eq!(sent, 8);
}

#[tokio::test]
async fn to_forget_the_number_of_somebody_who_has_none_is_no_error() {
    let world = world();
    *world.number.lock().unwrap() = None;
    world.mfa.forget_number(alice().user()).await.unwrap();
}
