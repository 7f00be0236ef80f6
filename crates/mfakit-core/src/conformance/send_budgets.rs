//! Guarantees that the messages of one user are bounded, whatever the user does.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, expect_granted, lenient},
    },
    limit::Limit,
    send_rule::SendRule,
    store::{OpenOutcome, SendReservation},
};

const WINDOW: Duration = Duration::from_secs(15 * 60);

fn three_per_login_and_scope() -> SendRule {
    SendRule { per_login_and_scope: vec![Limit::new(3, WINDOW)], ..lenient() }
}

fn three_per_user() -> SendRule {
    SendRule { per_user: vec![Limit::new(3, WINDOW)], ..lenient() }
}

/// Sends and opens a challenge. Returns the time of the next send.
async fn send(user: &TestUser, rule: &SendRule) -> Timestamp {
    match user.reserve_send(rule).await {
        (id, SendReservation::Reserved { resend_at, .. }) => {
            assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Opened);
            resend_at
        }
        (_, rejected) => panic!("the budget has room: {rejected:?}"),
    }
}

async fn assert_exhausted_until(user: &TestUser, rule: &SendRule, moment: Timestamp) {
    match user.reserve_send(rule).await {
        (_, SendReservation::TooSoon { resend_at, cooling_down, .. }) => {
            assert_eq!(resend_at, moment, "a rejection returns the time of the next send");
            assert!(!cooling_down, "the budget is exhausted, and no cool-down lasts");
        }
        (_, answer) => panic!("the budget is exhausted: {answer:?}"),
    }
}

/// One session and scope has three sends in 15 minutes. Every other session or scope has its own three.
pub async fn each_session_and_scope_has_its_own_budget(suite: &Suite) {
    let (user, rule) = (TestUser::new(suite), three_per_login_and_scope());
    let first_leaves = suite.now().plus(WINDOW);
    for sends in 1..=3 {
        let next_at = send(&user, &rule).await;
        let expected = if sends == 3 { first_leaves } else { suite.now() };
        assert_eq!(next_at, expected, "send {sends} returns the time of the next send");
        suite.pass(Duration::from_secs(1));
    }
    assert_exhausted_until(&user, &rule, first_leaves).await;
    let _ = send(&user.in_another_session(), &rule).await;
    let _ = send(&user.for_scope("transfer2"), &rule).await;
    suite.pass_until_just_before(first_leaves);
    assert_exhausted_until(&user, &rule, first_leaves).await;
    suite.pass_until(first_leaves);
    let next_at = send(&user, &rule).await;
    assert_eq!(
        next_at,
        first_leaves.plus(Duration::from_secs(1)),
        "the second send leaves the window a second later"
    );
    assert_exhausted_until(&user, &rule, next_at).await;
}

/// A user has three sends in 15 minutes, across all sessions and scopes.
pub async fn a_user_has_one_budget_across_sessions_and_scopes(suite: &Suite) {
    let (user, rule) = (TestUser::new(suite), three_per_user());
    let first_leaves = suite.now().plus(WINDOW);
    for user in [user.clone(), user.in_another_session(), user.for_scope("settings")] {
        let _ = send(&user, &rule).await;
        suite.pass(Duration::from_secs(1));
    }
    for user in
        [user.in_another_session(), user.for_scope("another"), user.in_another_session().for_scope("another")]
    {
        assert_exhausted_until(&user, &rule, first_leaves).await;
    }
    suite.pass_until_just_before(first_leaves);
    assert_exhausted_until(&user, &rule, first_leaves).await;
    suite.pass_until(first_leaves);
    let _ = send(&user.in_another_session(), &rule).await;
    let _ = send(&TestUser::new(suite), &rule).await;
}

/// A success restores the budget of the session and scope, and not the budget of the user.
pub async fn a_success_restores_the_session_budget_but_not_the_user_budget(suite: &Suite) {
    let (user, rule) = (TestUser::new(suite), three_per_login_and_scope());
    for _ in 0..2 {
        let _ = send(&user, &rule).await;
    }
    let challenge = user.start_challenge().await;
    assert_exhausted_until(&user, &rule, suite.now().plus(WINDOW)).await;
    let _ = expect_granted(user.redeem(&challenge.id).await);
    let _ = send(&user, &rule).await;

    let (user, rule) = (TestUser::new(suite), three_per_user());
    for _ in 0..3 {
        let _ = user.obtain_grant().await;
    }
    assert_exhausted_until(&user, &rule, suite.now().plus(WINDOW)).await;
}

/// Of a hundred concurrent starts, three are reserved.
pub async fn a_budget_holds_under_concurrent_sends(suite: &Suite) {
    for rule in [three_per_user(), three_per_login_and_scope()] {
        let user = TestUser::new(suite);
        let answers = race(100, |number| {
            let (user, rule) = (user.clone(), rule.clone());
            let other = if rule == three_per_user() { user.in_another_session() } else { user.clone() };
            let user = if number % 2 == 0 { user } else { other };
            async move { user.reserve_send(&rule).await.1 }
        })
        .await;
        let counted = answers.iter().filter(|answer| matches!(answer, SendReservation::Reserved { .. }));
        assert_eq!(counted.count(), 3, "three of a hundred concurrent sends are reserved");
    }
}

/// A send stays counted even if the provider did not accept it, and after it was revoked.
pub async fn an_unopened_send_stays_counted(suite: &Suite) {
    let (user, rule) = (TestUser::new(suite), three_per_user());
    let first_leaves = suite.now().plus(WINDOW);
    for _ in 0..3 {
        let (_, answer) = user.reserve_send(&rule).await;
        assert!(matches!(answer, SendReservation::Reserved { .. }), "{answer:?}");
    }
    assert_exhausted_until(&user, &rule, first_leaves).await;
    user.revoke(crate::store::Revocation::User).await;
    user.unlock().await;
    assert_exhausted_until(&user, &rule, first_leaves).await;
}
