//! Rotating secrets loses neither counts nor completions.

use std::{sync::Arc, time::Duration};

use mfakit_core::{
    Channel, ClientAddress, LiveChallenge, MemoryStore, Policy, Secret, StartError, StartRequest, Subject,
    policy::Limit,
    store::Sharing,
    testing::{HookedStore, StoreHook},
};

use crate::{
    sends::rejection,
    world::{World, pay, roomy, user, world_with},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

struct Nothing;

impl StoreHook for Nothing {}

/// Returns an instance with these secrets, on a shared store.
fn instance(store: &Arc<MemoryStore>, policy: &Policy, secrets: &[u8]) -> World {
    let shared = HookedStore::new(store.clone(), Nothing).with_sharing(Sharing::Shared);
    world_with(|builder| {
        let builder = builder.store(shared).policy(policy.clone()).client_address(ClientAddress::Direct);
        secrets.iter().fold(builder, |builder, byte| builder.secret(Secret::new([*byte; 32]).unwrap()))
    })
}

/// Returns the `n`th of many colleagues with neighboring numbers.
fn colleague(world: &World, n: usize) -> Subject {
    let name = format!("colleague {n}");
    world.enter(&name, format!("+1919555{:04}", 1000 + n));
    user(&name)
}

async fn start(world: &World, subject: &Subject) -> Result<LiveChallenge, StartError> {
    let address: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    world.mfa.start(subject, StartRequest::new(pay(), Channel::Messaging).address(address)).await
}

async fn complete(world: &World, subject: &Subject) {
    let live = start(world, subject).await.unwrap();
    let _verified = world.answer(subject, &live, &world.right_code()).await.unwrap();
}

#[tokio::test]
async fn a_rotation_forgets_no_completion() {
    let (store, policy) = (Arc::new(MemoryStore::new()), Policy::default());
    let mut world = instance(&store, &policy, &[1]);
    for n in 0..14 {
        complete(&world, &colleague(&world, n)).await;
        // They complete one after another, so that no block of numbers is exhausted.
        world.clock.advance(HOUR);
    }
    for secrets in [&[1_u8, 2] as &[_], &[2, 1], &[3, 2, 1]] {
        let now = mfakit_core::Clock::now(&world.clock);
        world = instance(&store, &policy, secrets);
        world.clock.set(now);
        world.clock.advance(Duration::from_secs(24 * 60 * 60));
        for n in 0..14 {
            let started = start(&world, &colleague(&world, n)).await;
            assert!(started.is_ok(), "{secrets:?}: {n}: {started:?}");
        }
    }
}

#[tokio::test]
async fn completions_during_a_rotation_are_remembered_after_it() {
    let (store, policy) = (Arc::new(MemoryStore::new()), Policy::default());
    let during = instance(&store, &policy, &[2, 1]);
    for n in 0..14 {
        complete(&during, &colleague(&during, n)).await;
        during.clock.advance(Duration::from_secs(10 * 60));
    }
    for (days, secrets) in [(1, [1_u8]), (2, [2])] {
        let later = instance(&store, &policy, &secrets);
        later.clock.advance(Duration::from_secs(24 * days * 60 * 60));
        for n in 0..14 {
            let started = start(&later, &colleague(&later, n)).await;
            assert!(started.is_ok(), "{secrets:?}: {n}: {started:?}");
        }
    }
}

#[tokio::test]
async fn instances_in_the_middle_of_a_rotation_count_together() {
    let one = || [Limit::new(1, HOUR)];
    for (budget, policy) in [
        ("number", roomy().sends_per_number(one())),
        ("block of numbers", roomy().sends_per_block(one())),
        ("address", roomy().sends_per_address(one())),
    ] {
        for (first, second) in
            [(&[1_u8] as &[_], &[2_u8, 1] as &[_]), (&[1, 2], &[2, 1]), (&[2, 1], &[1]), (&[2, 1], &[2])]
        {
            let store = Arc::new(MemoryStore::new());
            let [first, second] = [first, second].map(|secrets| instance(&store, &policy, secrets));
            assert!(start(&first, &user("alice")).await.is_ok());
            assert_eq!(rejection(start(&second, &user("bob")).await), (budget, HOUR));
            assert_eq!(rejection(start(&first, &user("carol")).await), (budget, HOUR));
        }
    }
}

#[tokio::test]
async fn a_start_that_is_rejected_during_a_rotation_leaves_no_record_under_either_secret() {
    let policy = roomy().sends_per_block([Limit::new(1, HOUR)]);
    let store = Arc::new(MemoryStore::new());
    let (old, new) = (instance(&store, &policy, &[1]), instance(&store, &policy, &[2, 1]));
    assert!(start(&old, &colleague(&old, 0)).await.is_ok());
    let before = format!("{store:?}");
    for n in 1..20 {
        assert_eq!(rejection(start(&new, &colleague(&new, n)).await).0, "block of numbers");
    }
    assert_eq!(format!("{store:?}"), before);
}

#[tokio::test]
async fn a_number_is_forgotten_under_every_secret() {
    let policy = roomy().sends_per_block([Limit::new(10, HOUR)]);
    let store = Arc::new(MemoryStore::new());
    let world = instance(&store, &policy, &[2, 1]);
    let alice = colleague(&world, 0);
    complete(&world, &alice).await;
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    for n in 1..=10 {
        assert!(start(&world, &colleague(&world, n)).await.is_ok(), "{n}");
    }
    world.mfa.forget_number(alice.user()).await.unwrap();
    assert_eq!(rejection(start(&world, &alice).await).0, "block of numbers");
}
