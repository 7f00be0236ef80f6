//! A grant does not last if the verify that made it returned an error. Everything that the user obtains later does.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mfakit_core::{
    MemoryStore, MfaStore, Requirement, Subject, VerifyError,
    store::{Binding, CodeProof, GrantNonce, Key, Redeem, RedeemOutcome, StoreError},
    testing::{HookedStore, StoreHook, Verb},
};

use crate::world::{World, alice, pay, roomy, world_with};

/// Fate of the first redemption.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Redemption {
    /// It takes effect, and its answer is lost.
    AnswerLost,
    /// It takes effect, and then the store panics.
    Panics,
    /// It does not arrive at the store before the error.
    OnItsWay,
}

/// Store whose first redemption fails, and whose next lookups of the grant fail too.
struct LosesRedemption {
    redemption: Redemption,
    lost: AtomicBool,
    failing_lookups: AtomicUsize,
}

impl LosesRedemption {
    fn new(redemption: Redemption, failing_lookups: usize) -> Self {
        Self { redemption, lost: AtomicBool::new(false), failing_lookups: failing_lookups.into() }
    }

    fn loses(&self, verb: Verb, redemptions: &[Redemption]) -> bool {
        let is_now = verb == Verb::Redeem && redemptions.contains(&self.redemption);
        is_now && !self.lost.swap(true, Ordering::SeqCst)
    }
}

#[async_trait]
impl StoreHook for LosesRedemption {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        let left = |left: usize| left.checked_sub(1);
        let fails = verb == Verb::FindRepeat
            && self.failing_lookups.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok();
        if fails || self.loses(verb, &[Redemption::OnItsWay]) {
            return Err(StoreError::new("the store is down"));
        }
        Ok(())
    }

    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        if self.loses(verb, &[Redemption::AnswerLost, Redemption::Panics]) {
            assert!(self.redemption != Redemption::Panics, "for the test");
            return Err(StoreError::new("the answer is lost"));
        }
        Ok(())
    }
}

fn program() -> Subject {
    Subject::bearer("alice", "sid-1")
}

fn world(redemption: Redemption, failing_lookups: usize) -> (World, Arc<MemoryStore>) {
    let memory = Arc::new(MemoryStore::new());
    let hook = LosesRedemption::new(redemption, failing_lookups);
    (world_with(|b| b.policy(roomy()).store(HookedStore::new(memory.clone(), hook))), memory)
}

/// Asserts that a subject passes for longer than a withdrawal takes.
async fn assert_lasts(world: &World, subject: &Subject, token: Option<&mfakit_core::GrantToken>) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1500) {
        let reason = world.reason(subject, Requirement::new(pay()), token).await;
        assert_eq!(reason, None, "after {:?}, events: {}", begun.elapsed(), world.events.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_grant_whose_answer_is_lost_is_withdrawn_even_if_the_store_fails_again() {
    for (redemption, failing) in [
        (Redemption::AnswerLost, 0),
        (Redemption::AnswerLost, 1),
        (Redemption::AnswerLost, 2),
        (Redemption::Panics, 0),
        (Redemption::Panics, 1),
    ] {
        let (world, _) = world(redemption, failing);
        let live = world.start(&program()).await.unwrap();
        let verified = world.answer(&program(), &live, &world.right_code()).await;
        let expected = match redemption {
            Redemption::Panics => matches!(verified, Err(VerifyError::Misconfigured(_))),
            _ => matches!(verified, Err(VerifyError::Unavailable)),
        };
        assert!(expected, "{redemption:?}: {verified:?}");
        let begun = Instant::now();
        loop {
            let reason = world.reason(&program(), Requirement::new(pay()), None).await;
            if reason.is_some() {
                break;
            }
            assert!(failing > 0 && begun.elapsed() < Duration::from_secs(10), "{redemption:?} {failing}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let again = world.answer(&program(), &live, &world.right_code()).await;
        assert!(matches!(again, Err(VerifyError::ChallengeOver)), "{redemption:?} {failing}: {again:?}");
    }
}

/// The user enters the code again after the error, and the store is back.
#[tokio::test]
async fn a_grant_that_the_same_code_returns_after_a_lost_answer_lasts() {
    for subject in [alice(), program()] {
        let (world, _) = world(Redemption::AnswerLost, 1);
        let live = world.start(&subject).await.unwrap();
        let lost = world.answer(&subject, &live, &world.right_code()).await;
        assert!(matches!(lost, Err(VerifyError::Unavailable)), "{lost:?}");
        let verified = world.answer(&subject, &live, &world.right_code()).await.unwrap();
        assert_lasts(&world, &subject, verified.token.as_ref()).await;
    }
}

/// The user starts anew after the error, or had already done so in another window.
#[tokio::test]
async fn a_challenge_that_is_started_after_a_lost_answer_lasts_and_so_does_its_grant() {
    for subject in [alice(), program()] {
        let (world, _) = world(Redemption::AnswerLost, 1);
        let live = world.start(&subject).await.unwrap();
        let lost = world.answer(&subject, &live, &world.right_code()).await;
        assert!(matches!(lost, Err(VerifyError::Unavailable)), "{lost:?}");
        let live = world.start_after_the_wait(&subject).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let verified = world.answer(&subject, &live, &world.right_code()).await.unwrap();
        assert_lasts(&world, &subject, verified.token.as_ref()).await;
    }
}

/// A command may be delayed in the network for longer than its caller waits.
#[tokio::test]
async fn a_redemption_that_arrives_after_its_error_makes_no_grant() {
    let (world, memory) = world(Redemption::OnItsWay, 0);
    let live = world.start(&program()).await.unwrap();
    let lost = world.answer(&program(), &live, &world.right_code()).await;
    assert!(matches!(lost, Err(VerifyError::Unavailable)), "{lost:?}");
    let (subject, scope) = (program(), pay());
    let key = Key::unbound(subject.user(), subject.login(), &scope);
    let (proof, nonce) = (CodeProof::from_bytes([1; 32]), GrantNonce::from_bytes([2; 32]));
    let lifetime = Duration::from_secs(600);
    let late = Redeem::new(key, &live.id, Binding::Bearer, lifetime, &proof, &nonce, world.mfa.now());
    assert!(matches!(memory.redeem(late).await.unwrap(), RedeemOutcome::Over));
}

/// Store that does not answer any longer once a redemption has taken effect.
#[derive(Default)]
struct Hangs {
    redeemed: AtomicBool,
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl StoreHook for Hangs {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        if self.redeemed.load(Ordering::SeqCst) {
            self.calls.fetch_add(1, Ordering::SeqCst);
            pending::<()>().await;
        }
        Ok(())
    }

    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Redeem {
            self.redeemed.store(true, Ordering::SeqCst);
            return Err(StoreError::new("the answer is lost"));
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_ends_within_half_a_minute_even_if_the_store_hangs() {
    let hook = Hangs::default();
    let calls = hook.calls.clone();
    let world = world_with(|b| b.store(HookedStore::new(MemoryStore::new(), hook)));
    let live = world.start(&program()).await.unwrap();
    let lost = world.answer(&program(), &live, &world.right_code()).await;
    assert!(matches!(lost, Err(VerifyError::Unavailable)), "{lost:?}");
    let of_verify = calls.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let tries = calls.load(Ordering::SeqCst) - of_verify;
    assert!((1..=5).contains(&tries), "{tries}");
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(calls.load(Ordering::SeqCst) - of_verify, tries);
}
