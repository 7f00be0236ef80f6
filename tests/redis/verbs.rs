//! Every verb once, and its effect.

use std::time::Duration;

use mfakit::{
    MfaStore,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, CodeProof, ConsumeOutcome,
        RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveBudget, Revocation,
    },
};
use mfakit_redis::RedisStore;

use crate::kit::{
    LOCKS, NO_TIME, TestUser, attempt, attempt_with, find_repeat, live_challenge, many_sends, new_id, redeem,
    reserve_send,
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
        assert_eq!(store.consume(user.key(), &grant).await.unwrap(), ConsumeOutcome::Consumed);
        assert_eq!(store.consume(user.key(), &grant).await.unwrap(), ConsumeOutcome::Gone);
        store.unlock(&user.id).await.unwrap();
        let _ = live_challenge(store, &user).await;
        store.revoke(&user.id, Revocation::User).await.unwrap();
        let user_state = store.user_state(&user.id, NO_TIME).await.unwrap();
        assert!(user_state.challenges.is_empty() && user_state.grants.is_empty(), "{user_state:?}");
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
