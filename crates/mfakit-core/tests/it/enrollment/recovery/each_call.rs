//! Any one call to the store fails, before or after it takes effect.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    Channel, MemoryStore, StartRequest,
    notifier::{NoticeKind, OnNoticeError},
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};
use tokio::time::sleep;

use super::{NEW, Refuge, meanwhile::Meanwhile, refuge_with};
use crate::{
    enrollment::OTHER,
    world::{brisk, pay},
};

/// More calls than any of the operations makes.
const CALLS: usize = 60;

/// Store whose call fails when the count reaches zero.
#[derive(Clone, Default)]
struct FailsOnce(Arc<Mutex<Option<Countdown>>>);

struct Countdown {
    left: usize,
    fails: Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    Before,
    After,
}

impl FailsOnce {
    fn set(&self, left: usize, fails: Fails) {
        *self.0.lock().unwrap() = Some(Countdown { left, fails });
    }

    /// Stops. Returns whether a call has failed.
    fn stop(&self) -> bool {
        self.0.lock().unwrap().take().is_none()
    }

    fn call(&self, when: Fails) -> Result<(), StoreError> {
        let mut next = self.0.lock().unwrap();
        match next.as_mut() {
            Some(countdown) if countdown.fails == when && countdown.left == 0 => {
                *next = None;
                Err(StoreError::new("for the test"))
            }
            Some(countdown) if countdown.fails == when => {
                countdown.left -= 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl StoreHook for FailsOnce {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        self.call(Fails::Before)
    }

    async fn after(&self, _: Verb) -> Result<(), StoreError> {
        self.call(Fails::After)
    }
}

fn refuge(hook: &FailsOnce, meanwhile: &Meanwhile) -> Refuge {
    refuge_with(|builder| {
        let store = HookedStore::new(MemoryStore::new(), hook.clone());
        builder.store(store).notifier(meanwhile.notifier(), OnNoticeError::Hold).policy(brisk())
    })
}

#[tokio::test(start_paused = true)]
async fn whatever_call_fails_while_it_is_ended_a_replacement_under_way_ends() {
    for what in ["the owner's code", "the user", "the session", "the app's change", "support", "forget"] {
        for (at, fails) in (0..CALLS).flat_map(|at| [(at, Fails::Before), (at, Fails::After)]) {
            let (hook, meanwhile) = (FailsOnce::default(), Meanwhile::default());
            let refuge = refuge(&hook, &meanwhile);
            let (thief, codes) = refuge.alice_lost_her_phone().await;
            let owner = refuge.signs_in("alice");
            refuge.wait();
            let paying =
                refuge.mfa.start(&owner, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
            let owners = refuge.code();
            refuge.uses(&thief, &codes[0]).await.unwrap();
            let live = refuge.enter(&thief, NEW, None).await;
            let (mfa, session, failing) = (refuge.mfa.clone(), thief.clone(), hook.clone());
            let failed = Arc::new(Mutex::new((false, true)));
            let report = failed.clone();
            meanwhile.set(NoticeKind::NumberReplaced, move || async move {
                failing.set(at, fails);
                let user = session.user();
                let mut is_ended = true;
                match what {
                    "the user" => drop(mfa.revoke_user(user).await),
                    "the session" => drop(mfa.sign_out(&session).await),
                    "the app's change" => drop(mfa.number_changed(user).await),
                    "support" => drop(mfa.recovery().revoke(user).await),
                    "forget" => drop(mfa.recovery().forget(user).await),
                    // If its check fails, the code has not shown anything.
                    _ => is_ended = mfa.verify(&owner, &pay(), &paying.id, &owners).await.is_ok(),
                }
                *report.lock().unwrap() = (failing.stop(), is_ended);
            });
            let confirmed = refuge.confirm(&thief, &live, &refuge.code(), None).await;
            let (has_failed, is_ended) = *failed.lock().unwrap();
            assert!(meanwhile.was_taken(), "{what}");
            assert!(!is_ended || confirmed.is_err(), "{what}, call {at}, {fails:?}: {confirmed:?}");
            assert!(!is_ended || refuge.is_unchanged(), "{what}, call {at}, {fails:?}");
            if !has_failed {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_call_fails_during_a_replacement_its_owner_can_replace_the_number_later() {
    for (at, fails) in (0..CALLS).flat_map(|at| [(at, Fails::Before), (at, Fails::After)]) {
        let (hook, meanwhile) = (FailsOnce::default(), Meanwhile::default());
        let refuge = refuge(&hook, &meanwhile);
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let live = refuge.enter(&alice, NEW, None).await;
        hook.set(at, fails);
        let confirmed = refuge.confirm(&alice, &live, &refuge.code(), None).await;
        let has_failed = hook.stop();
        assert!(confirmed.is_ok() || refuge.is_unchanged(), "call {at}, {fails:?}: {confirmed:?}");
        // The claim ends by itself, and the background gives up.
        refuge.clock.advance(Duration::from_secs(2 * 60));
        sleep(Duration::from_secs(60)).await;
        let again = refuge.signs_in("alice");
        refuge.uses(&again, &codes[1]).await.unwrap();
        let live = refuge.enter(&again, OTHER, None).await;
        let confirmed = refuge.confirm(&again, &live, &refuge.code(), None).await;
        assert!(confirmed.is_ok(), "call {at}, {fails:?}: {confirmed:?}");
        if !has_failed {
            break;
        }
    }
}
