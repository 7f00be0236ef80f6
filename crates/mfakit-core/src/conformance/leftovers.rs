//! Guarantees that rejected and released operations leave no records behind.

use std::time::Duration;

use crate::{
    channel::Channel,
    conformance::{
        suite::{Suite, expect_answer},
        test_user::{GRANT_LIFETIME, TestUser, lenient},
    },
    grant::{Binding, GrantRecord},
    limit::Limit,
    random::random,
    send_rule::SendRule,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, Revocation, SendReservation},
    token::ChallengeId,
};

const ONE: [Limit; 1] = [Limit::new(1, Duration::from_secs(60))];

async fn reserve(suite: &Suite, budget: Budget) -> (ChallengeId, BudgetReservation) {
    let (challenge, number, now) = (ChallengeId::random(), &[1; 32], suite.now());
    let request = ReserveBudget { budget: &budget, challenge: &challenge, number, limits: &ONE, now };
    (challenge, expect_answer("reserve_budget", suite.store().reserve_budget(request).await))
}

async fn settle(suite: &Suite, budget: Budget, change: BudgetChange<'_>) {
    expect_answer("settle_budget", suite.store().settle_budget(&budget, change, suite.now()).await);
}

/// A user whose send was released, or whose operations all failed, has no record.
pub async fn a_user_who_did_nothing_has_no_record(suite: &Suite) {
    let before = suite.records().await;
    for _ in 0..20 {
        let user = TestUser::new(suite);
        let (challenge, reserved) = user.reserve_send(&lenient()).await;
        assert!(matches!(reserved, SendReservation::Reserved { .. }), "{reserved:?}");
        user.release_send(&challenge).await;
        let stranger = TestUser::new(suite);
        let _ = (stranger.attempt(&challenge).await, stranger.redeem(&challenge).await);
        stranger.release_send(&challenge).await;
        stranger.release_attempt(0).await;
        stranger.unlock().await;
        stranger.revoke(Revocation::User).await;
        let (verified_at, expires_at) = (suite.now(), suite.now().plus(GRANT_LIFETIME));
        let grant = GrantRecord::new(Binding::Bearer, verified_at, expires_at, Channel::Messaging, None);
        let _ = stranger.consume(&grant).await;
    }
    assert_eq!(suite.records().await, before, "a user who did nothing has no record");
}

/// A send that is rejected, by its own limits, by a budget or without its action, adds no record.
pub async fn a_rejected_operation_adds_no_record(suite: &Suite) {
    let (user, budget) = (TestUser::new(suite), Budget::Number(random()));
    let stranger = TestUser::new(suite);
    let nothing = stranger.bound_to(stranger.new_action("A").approval);
    let rule = SendRule { cool_down: vec![Duration::from_secs(60)], ..lenient() };
    let _ = (user.reserve_send(&rule).await, reserve(suite, budget).await);
    let before = suite.records().await;
    for _ in 0..20 {
        let (_, too_soon) = user.reserve_send(&rule).await;
        assert!(matches!(too_soon, SendReservation::TooSoon { .. }), "{too_soon:?}");
        let (_, rejected) = reserve(suite, budget).await;
        assert!(matches!(rejected, BudgetReservation::Exhausted { .. }), "{rejected:?}");
        let (_, no_action) = nothing.reserve_send(&lenient()).await;
        assert!(matches!(no_action, SendReservation::NoAction), "{no_action:?}");
        let (beside, now) = (Budget::Block(random()), suite.now());
        let retry_at = suite.store().exhausted_until(&beside, &ONE, now).await;
        assert_eq!(expect_answer("exhausted_until", retry_at), None);
    }
    assert_eq!(suite.records().await, before, "a rejected operation adds no record");
}

/// A budget has no record after everything in it was released or forgotten.
pub async fn an_empty_budget_has_no_record(suite: &Suite) {
    let before = suite.records().await;
    for name in [Budget::Number, Budget::Block, Budget::Address] {
        let remember_for = Duration::from_secs(60 * 60);
        let [number, other] = [&[1; 32], &[2; 32]];
        let remembered = BudgetChange::Complete { number, keep_counted: false, remember_for };
        let nothing = BudgetChange::Complete { number, keep_counted: false, remember_for: Duration::ZERO };
        let of_another = BudgetChange::Complete { number: other, keep_counted: true, remember_for };
        let changes: [&[BudgetChange<'_>]; 5] = [
            &[],
            &[nothing],
            &[remembered, BudgetChange::Forget],
            &[nothing, nothing],
            &[of_another, nothing],
        ];
        for changes in changes {
            let budget = name(random());
            let (challenge, _) = reserve(suite, budget).await;
            for change in changes {
                settle(suite, budget, *change).await;
            }
            settle(suite, budget, BudgetChange::Release { challenge: &challenge }).await;
        }
        let unknown = name(random());
        settle(suite, unknown, BudgetChange::Forget).await;
        settle(suite, unknown, nothing).await;
        settle(suite, unknown, BudgetChange::Release { challenge: &ChallengeId::random() }).await;
    }
    assert_eq!(suite.records().await, before, "an empty budget has no record");
}

/// Actions that were kept again, replaced and revoked have no record.
pub async fn an_action_that_is_gone_has_no_record(suite: &Suite) {
    let before = suite.records().await;
    for everything in [false, true] {
        let user = TestUser::new(suite);
        for name in ["A", "A", "B", "C", "D", "E"] {
            let _ = user.keep(&user.new_action(name)).await;
        }
        user.revoke(if everything {
            Revocation::User
        } else {
            Revocation::Elevation(user.login, user.scope)
        })
        .await;
        assert!(user.actions().await.is_empty(), "a revoked action is gone");
    }
    assert_eq!(suite.records().await, before, "an action that is gone has no record");
}
