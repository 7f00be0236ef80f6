//! Every verb once, and what it is for.

use std::time::Duration;

use mfakit::{
    MfaStore,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, CodeProof, ConsumeOutcome,
        RedeemOutcome, RepeatLookup, ReserveBudget, Revocation,
    },
};
use mfakit_redis::RedisStore;

use crate::kit::{
    Asker, LOCKS, NO_TIME, attempt, attempt_with, find_repeat, fresh_id, live_challenge, many_sends, redeem,
    reserve_send,
};

pub(crate) async fn every_verb(store: &RedisStore) {
    // Several, so that on a Cluster every node is asked.
    for user in ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"] {
        let asker = Asker::new(user);
        let never_made = fresh_id();
        let _ = reserve_send(store, &asker, &never_made, &many_sends()).await.unwrap();
        store.release_send(&asker.user, &never_made).await.unwrap();
        let challenge = live_challenge(store, &asker).await;
        let tried = attempt(store, &asker, &challenge.id).await.unwrap();
        let AttemptReservation::Reserved { era, failures: 1, .. } = tried else { panic!("{tried:?}") };
        store.release_attempt(&asker.user, era, &LOCKS).await.unwrap();
        let user_state = store.user_state(&asker.user, NO_TIME).await.unwrap();
        assert_eq!((user_state.failures, user_state.challenges.len()), (0, 1));
        let redeemed = redeem(store, &asker, &challenge.id).await.unwrap();
        let RedeemOutcome::Granted(grant) = redeemed else { panic!("{redeemed:?}") };
        assert_eq!(store.grant(asker.key()).await.unwrap(), Some(grant.clone()));
        let again = attempt(store, &asker, &challenge.id).await.unwrap();
        assert!(matches!(again, AttemptReservation::Repeated(_)), "{again:?}");
        let found = find_repeat(store, &asker, &challenge.id).await.unwrap();
        assert!(matches!(found, RepeatLookup::Found(_)), "{found:?}");
        let guess = attempt_with(store, &asker, &challenge.id, CodeProof::from_bytes([9; 32])).await.unwrap();
        assert!(matches!(guess, AttemptReservation::Rejected { failures: 1, .. }), "{guess:?}");
        assert_eq!(store.consume(asker.key(), &grant).await.unwrap(), ConsumeOutcome::Consumed);
        assert_eq!(store.consume(asker.key(), &grant).await.unwrap(), ConsumeOutcome::Gone);
        store.unlock(&asker.user).await.unwrap();
        let _ = live_challenge(store, &asker).await;
        store.revoke(&asker.user, Revocation::User).await.unwrap();
        let user_state = store.user_state(&asker.user, NO_TIME).await.unwrap();
        assert!(user_state.challenges.is_empty() && user_state.grants.is_empty(), "{user_state:?}");
    }
    for budget in
        [Budget::Number([1; 32]), Budget::Block([2; 32]), Budget::Address([3; 32]), Budget::Rejections]
    {
        let (limits, challenge) = ([Limit::new(1, Duration::from_mins(10))], fresh_id());
        let (budget, number) = (&budget, &[1; 32]);
        let request = ReserveBudget { budget, challenge: &challenge, number, limits: &limits, now: NO_TIME };
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
