//! Every verb once, and its effect.

use std::time::Duration;

use mfakit::{
    MfaStore,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, CodeProof, ConsumeOutcome, KeepOutcome,
        RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveBudget, Revocation, SendReservation,
    },
};
use mfakit_redis::RedisStore;

use crate::kit::{
    LOCKS, NO_TIME, TestUser, attempt, attempt_with, find_repeat, granted, keep, kept, live_challenge,
    many_sends, new_id, redeem, reserve_send,
};

pub(crate) async fn every_verb(store: &RedisStore) {
    // Several users, so that every node of a Cluster is used.
    for name in ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"] {
        let user = TestUser::new(name);
        let released = new_id();
        let _ = reserve_send(store, &user, &released, &many_sends()).await.unwrap();
        store.release_send(&user.id, &released).await.unwrap();
        let challenge = live_challenge(store, &user).await;
        let tried = attempt(store, &user, &challenge.id).await.unwrap();
        let AttemptReservation::Reserved { era, failures: 1, .. } = tried else { panic!("{tried:?}") };
        store
            .release_attempt(ReleaseAttempt::new(user.key(), &challenge.id, 1, era, &LOCKS, NO_TIME))
            .await
            .unwrap();
        let user_state = store.user_state(&user.id, NO_TIME).await.unwrap();
        assert_eq!((user_state.failures, user_state.challenges.len()), (0, 1));
        let redeemed = redeem(store, &user, &challenge.id).await.unwrap();
        let RedeemOutcome::Granted(grant) = redeemed else { panic!("{redeemed:?}") };
        assert_eq!(store.grant(user.key()).await.unwrap(), Some(grant.clone()));
        let again = attempt(store, &user, &challenge.id).await.unwrap();
        assert!(matches!(again, AttemptReservation::Repeated(_)), "{again:?}");
        let found = find_repeat(store, &user, &challenge.id).await.unwrap();
        assert!(matches!(found, RepeatLookup::Found(_)), "{found:?}");
        let guess = attempt_with(store, &user, &challenge.id, CodeProof::from_bytes([9; 32])).await.unwrap();
        assert!(matches!(guess, AttemptReservation::Rejected { failures: 1, .. }), "{guess:?}");
        assert_eq!(store.consume(user.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
        assert_eq!(store.consume(user.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
        store.unlock(&user.id).await.unwrap();
        let _ = live_challenge(store, &user).await;
        store.revoke(&user.id, Revocation::User).await.unwrap();
        let user_state = store.user_state(&user.id, NO_TIME).await.unwrap();
        assert!(user_state.challenges.is_empty() && user_state.grants.is_empty(), "{user_state:?}");
    }
    for name in ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"] {
        every_verb_of_actions(store, &TestUser::new(name)).await;
    }
    for budget in
        [Budget::Number([1; 32]), Budget::Block([2; 32]), Budget::Address([3; 32]), Budget::Rejections]
    {
        let (limits, challenge) = ([Limit::new(1, Duration::from_secs(10 * 60))], new_id());
        let (budget, number) = (&budget, &[1; 32]);
        let request = ReserveBudget::new(budget, &challenge, number, &limits, NO_TIME);
        for change in [
            BudgetChange::Release { challenge: &challenge },
            BudgetChange::Complete { number, keep_counted: false, remember_for: Duration::ZERO },
        ] {
            let first = store.reserve_budget(request).await.unwrap();
            assert!(matches!(first, BudgetReservation::Reserved { completed: false, .. }), "{first:?}");
            let second = store.reserve_budget(request).await.unwrap();
            let BudgetReservation::Exhausted { retry_at, .. } = second else { panic!("{second:?}") };
            assert_eq!(store.exhausted_until(budget, &limits, NO_TIME).await.unwrap(), Some(retry_at));
            store.settle_budget(budget, change, NO_TIME).await.unwrap();
            assert_eq!(store.exhausted_until(budget, &limits, NO_TIME).await.unwrap(), None);
        }
        store.settle_budget(budget, BudgetChange::Forget, NO_TIME).await.unwrap();
        let _ = store.reserve_budget(request).await.unwrap();
    }
}

async fn every_verb_of_actions(store: &RedisStore, user: &TestUser) {
    let action = user.action("first", NO_TIME);
    let id = action.approval.id;
    assert_eq!(keep(store, user, &action).await.unwrap(), KeepOutcome::Kept(id));
    assert_eq!(keep(store, user, &user.action("first", NO_TIME)).await.unwrap(), KeepOutcome::Known(id));
    let bound = user.approving(action.approval);
    let reserved = reserve_send(store, &bound, &new_id(), &many_sends()).await.unwrap();
    let SendReservation::Reserved { action: Some(read), .. } = reserved else { panic!("{reserved:?}") };
    assert_eq!(
        (&read.words, &read.canonical, &read.target),
        (&action.words, &action.canonical, &action.target)
    );
    assert!(read.lifetime() >= action.lifetime(), "the second one extends it");
    for key in [user.key(), bound.key()] {
        assert_eq!(store.actions(key, NO_TIME).await.unwrap(), [*read.clone()]);
        assert!(!store.is_consumed(key, NO_TIME).await.unwrap());
    }
    let challenge = live_challenge(store, &bound).await;
    let tried = attempt(store, &bound, &challenge.id).await.unwrap();
    let AttemptReservation::Reserved { challenge: read, .. } = tried else { panic!("{tried:?}") };
    assert_eq!(read.approval, bound.approval);
    let redeemed = redeem(store, &bound, &challenge.id).await.unwrap();
    let RedeemOutcome::Granted(grant) = redeemed else { panic!("{redeemed:?}") };
    let again = attempt(store, &bound, &challenge.id).await.unwrap();
    assert!(matches!(again, AttemptReservation::Repeated(_)), "{again:?}");
    let grants = store.bound_grants(user.key()).await.unwrap();
    assert_eq!((grants.len(), grants.of_digest(&action.approval.digest)), (1, Some(&grant)));
    assert_eq!(store.grant(user.key()).await.unwrap(), None, "it is no unbound grant");
    let state = store.user_state(&user.id, NO_TIME).await.unwrap();
    assert_eq!((state.grants.len(), state.actions.len()), (1, 1));
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    let nothing = reserve_send(store, &bound, &new_id(), &many_sends()).await.unwrap();
    assert!(matches!(nothing, SendReservation::NoAction), "{nothing:?}");

    let _ = granted(store, &kept(store, user, "second").await).await;
    store.revoke(&user.id, Revocation::Elevation(user.login, user.scope)).await.unwrap();
    let state = store.user_state(&user.id, NO_TIME).await.unwrap();
    assert!(state.grants.is_empty() && state.actions.is_empty(), "{state:?}");
}
