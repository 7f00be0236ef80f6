//! A grant does not last if the verify that made it returned an error.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mfakit_core::{
    MemoryStore, Requirement, Subject, VerifyError,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

use crate::world::{pay, world_with};

/// Store whose answer to a redemption is lost, and whose next revocations fail.
struct LosesRedemption {
    failing_revocations: AtomicUsize,
}

#[async_trait]
impl StoreHook for LosesRedemption {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        let left = |left: usize| left.checked_sub(1);
        let fails = verb == Verb::Revoke
            && self.failing_revocations.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok();
        if fails { Err(StoreError::new("the store is down")) } else { Ok(()) }
    }

    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Redeem { Err(StoreError::new("the answer is lost")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_grant_whose_answer_is_lost_is_revoked_even_if_the_store_fails_again() {
    for failing in [0, 1, 2] {
        let hook = LosesRedemption { failing_revocations: AtomicUsize::new(failing) };
        let world = world_with(|b| b.store(HookedStore::new(MemoryStore::new(), hook)));
        let alice = Subject::bearer("alice", "sid-1");
        let live = world.start(&alice).await.unwrap();
        let verified = world.answer(&alice, &live, &world.right_code()).await;
        assert!(matches!(verified, Err(VerifyError::Unavailable)), "{verified:?}");
        let begun = Instant::now();
        loop {
            let reason = world.reason(&alice, Requirement::new(pay()), None).await;
            if reason.is_some() {
                break;
            }
            assert!(failing > 0 && begun.elapsed() < Duration::from_secs(10), "{failing}: {reason:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
