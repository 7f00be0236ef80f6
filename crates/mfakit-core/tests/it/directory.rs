//! The directory is queried after an attempt is counted, unless it would lock the user, and before its code is sent.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mfakit_core::{PhoneNumber, Policy, UserId, VerifyError, store::Lock};
use tokio::sync::Semaphore;

use crate::world::{World, alice, world, world_of, world_with};

/// World with a directory that notes each query, and waits for a permit to answer it. The first query gets one.
fn world_that_waits(policy: Policy) -> (World, Arc<Semaphore>, Arc<Semaphore>) {
    let (queried, may_answer) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(1)));
    let (noted, waits) = (queried.clone(), may_answer.clone());
    let world = world_with(|builder| {
        builder.policy(policy).directory(move |_: UserId| {
            let (noted, waits) = (noted.clone(), waits.clone());
            async move {
                noted.add_permits(1);
                waits.acquire().await.map_err(io::Error::other)?.forget();
                PhoneNumber::new("+19195551234").map(Some).map_err(io::Error::other)
            }
        })
    });
    (world, queried, may_answer)
}

#[tokio::test]
async fn a_code_is_counted_before_the_directory_is_queried() {
    let (world, queried, may_answer) = world_that_waits(Policy::default());
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    queried.acquire().await.unwrap().forget();
    let code = world.right_code();
    let verify = async { world.answer(&alice, &live, &code).await };
    let meanwhile = async {
        queried.acquire().await.unwrap().forget();
        let failures = world.mfa.status(alice.user()).await.unwrap().failures;
        assert_eq!((failures, world.provider.verifies()), (1, 0), "it is counted, and not sent");
        may_answer.add_permits(1);
    };
    let (verified, ()) = tokio::join!(verify, meanwhile);
    assert!(verified.is_ok(), "{verified:?}");
    assert_eq!(world.mfa.status(alice.user()).await.unwrap().failures, 0);
}

#[tokio::test]
async fn an_attempt_that_waits_for_the_directory_locks_no_other_session() {
    let (world, queried, may_answer) = world_that_waits(Policy::default().lock_after(1));
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    queried.acquire().await.unwrap().forget();
    for code in [world.wrong_code(), world.right_code()] {
        let verify = async { world.answer(&alice, &live, &code).await };
        let meanwhile = async {
            queried.acquire().await.unwrap().forget();
            let lock = world.mfa.status(alice.user()).await.unwrap().lock;
            assert_eq!(lock, Lock::Unlocked, "nothing was sent");
            may_answer.add_permits(1);
        };
        let (verified, ()) = tokio::join!(verify, meanwhile);
        let status = world.mfa.status(alice.user()).await.unwrap();
        assert_eq!(verified.is_err(), status.lock != Lock::Unlocked, "{verified:?}, {status:?}");
        world.mfa.unlock(alice.user()).await.unwrap();
    }
    assert_eq!(world.provider.verifies(), 2);
}

#[tokio::test]
async fn a_directory_that_fails_costs_neither_an_attempt_nor_a_failure() {
    let is_down = Arc::new(AtomicBool::new(false));
    let down = is_down.clone();
    let world = world_with(|builder| {
        builder.directory(move |_: UserId| {
            let is_down = down.load(Ordering::SeqCst);
            async move {
                if is_down {
                    return Err(io::Error::other("the database is down"));
                }
                PhoneNumber::new("+19195551234").map(Some).map_err(io::Error::other)
            }
        })
    });
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    is_down.store(true, Ordering::SeqCst);
    for _ in 0..60 {
        let rejected = world.answer(&alice, &live, &world.right_code()).await;
        assert!(matches!(rejected, Err(VerifyError::Unavailable)), "{rejected:?}");
    }
    is_down.store(false, Ordering::SeqCst);
    assert_eq!(world.provider.verifies(), 0);
    assert_eq!(world.guess(&alice, &live).await, 4);
    assert_eq!(world.mfa.status(alice.user()).await.unwrap().failures, 1);
}

#[tokio::test]
async fn an_attempt_under_a_changed_number_locks_no_user() {
    let (world, alice) = (world_of(Policy::default().lock_after(1)), alice());
    let live = world.start(&alice).await.unwrap();
    *world.number.lock().unwrap() = Some("+19195555678");
    let rejected = world.answer(&alice, &live, &world.wrong_code()).await;
    assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
    let status = world.mfa.status(alice.user()).await.unwrap();
    assert_eq!((status.failures, status.lock), (0, Lock::Unlocked));
    assert_eq!(world.provider.verifies(), 0);
}

#[tokio::test]
async fn a_changed_number_ends_a_spent_challenge_for_good() {
    for changed in [Some("+19195555678"), None] {
        let (world, alice) = (world(), alice());
        let live = world.start(&alice).await.unwrap();
        let code = world.right_code();
        let _verified = world.answer(&alice, &live, &code).await.unwrap();
        for on_file in [changed, Some("+19195551234")] {
            *world.number.lock().unwrap() = on_file;
            let rejected = world.answer(&alice, &live, &code).await;
            assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{on_file:?}: {rejected:?}");
        }
        assert_eq!(world.mfa.status(alice.user()).await.unwrap().failures, 0);
    }
}
