//! Guarantees that every message is counted before it is sent, and waits for the one before.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, describe_challenge, lenient},
    },
    limit::Limit,
    send_rule::SendRule,
    store::{OpenOutcome, SendReservation},
    token::ChallengeId,
};

/// Returns a rule with cool-downs of 30, 60 and 120 seconds, and room in both budgets.
fn ladder() -> SendRule {
    SendRule { cool_down: [30, 60, 120].map(Duration::from_secs).into(), ..lenient() }
}

/// Reserves a send, which must succeed. Returns the time of the next send.
async fn reserved(user: &TestUser, rule: &SendRule) -> (ChallengeId, Timestamp) {
    match user.reserve_send(rule).await {
        (id, SendReservation::Reserved { resend_at, .. }) => (id, resend_at),
        (_, rejected) => panic!("this send is allowed: {rejected:?}"),
    }
}

/// Reserves a send, which must be rejected. Returns the time of the next send, and the live challenge.
async fn too_soon(user: &TestUser, rule: &SendRule) -> (Timestamp, Option<Box<Challenge>>) {
    match user.reserve_send(rule).await {
        (_, SendReservation::TooSoon { resend_at, cooling_down, live }) => {
            assert!(cooling_down, "the cool-down lasts, and no budget is exhausted");
            (resend_at, live)
        }
        (_, answer) => panic!("the previous send is too recent: {answer:?}"),
    }
}

/// Of twenty concurrent starts, across sessions and scopes, one is reserved.
pub async fn only_one_of_many_concurrent_sends_is_reserved(suite: &Suite) {
    let user = TestUser::new(suite);
    let next_at = suite.now().plus(Duration::from_secs(30));
    let answers = race(20, |number| {
        let user = if number % 2 == 0 { user.in_another_session() } else { user.for_scope("settings") };
        async move { user.reserve_send(&ladder()).await.1 }
    })
    .await;
    let mut counted = 0;
    for answer in answers {
        let (SendReservation::Reserved { resend_at, .. } | SendReservation::TooSoon { resend_at, .. }) =
            answer
        else {
            panic!("sends must not lock the user: {answer:?}")
        };
        assert_eq!(resend_at, next_at, "every answer contains the time of the next send");
        counted += u32::from(matches!(answer, SendReservation::Reserved { .. }));
    }
    assert_eq!(counted, 1, "one of twenty concurrent sends is reserved");
}

/// The waits are 30, 60, 120 and again 120 seconds, each to the millisecond.
pub async fn each_send_waits_longer_than_the_one_before(suite: &Suite) {
    let user = TestUser::new(suite);
    for (send, wait) in [30, 60, 120, 120, 120].into_iter().enumerate() {
        let user = if send % 2 == 0 { user.clone() } else { user.in_another_session().for_scope("settings") };
        let (_, next_at) = reserved(&user, &ladder()).await;
        assert_eq!(next_at, suite.now().plus(Duration::from_secs(wait)), "the wait after send {}", send + 1);
        assert_eq!(user.user_state().await.resend_at, Some(next_at), "the user state contains the wait");
        suite.pass_until_just_before(next_at);
        assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "a millisecond early is too soon");
        suite.pass_until(next_at);
    }
}

/// A send counts toward the wait for one hour, to the millisecond.
pub async fn sends_of_the_last_hour_count_toward_the_wait(suite: &Suite) {
    let (early, late) = (TestUser::new(suite), TestUser::new(suite));
    let _ = (reserved(&early, &ladder()).await, reserved(&late, &ladder()).await);
    let then = suite.now().plus(SendRule::COUNTED_FOR);
    suite.pass_until_just_before(then);
    let (_, next_at) = reserved(&early, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(60)), "the second send within an hour");
    suite.pass_until(then);
    let (_, next_at) = reserved(&late, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(30)), "the first send in an hour");
}

/// Sends before a success do not count toward the wait.
pub async fn a_success_ends_the_wait(suite: &Suite) {
    let user = TestUser::new(suite);
    let (_, next_at) = reserved(&user, &ladder()).await;
    suite.pass_until(next_at);
    let (id, next_at) = reserved(&user.in_another_session(), &ladder()).await;
    assert_eq!(user.user_state().await.resend_at, Some(next_at));
    suite.pass_until(next_at);
    let challenge = user.start_challenge().await;
    let _ = user.redeem(&challenge.id).await;
    let waiting = user.user_state().await.resend_at.filter(|at| suite.now() < *at);
    assert_eq!(waiting, None, "after a success there is no wait");
    let (_, next_at) = reserved(&user, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(30)), "after a success the waits start again");
    user.release_send(&id).await;
}

/// A rejected start returns the live challenge of its own session and scope, in its current state.
pub async fn a_rejected_start_returns_the_live_challenge_of_its_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let (id, next_at) = reserved(&user, &ladder()).await;
    let challenge = Challenge { resend_at: next_at, ..user.new_challenge(id) };
    assert!(too_soon(&user, &ladder()).await.1.is_none(), "a send in flight is not live");
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    let (_, live) = too_soon(&user, &ladder()).await;
    assert_eq!(
        live.as_deref().map(describe_challenge),
        Some(describe_challenge(&challenge)),
        "the live challenge is returned"
    );
    for (name, other) in [("session", user.in_another_session()), ("scope", user.for_scope("transfer2"))] {
        assert!(
            too_soon(&other, &ladder()).await.1.is_none(),
            "the challenge of another {name} is not returned"
        );
    }
    let _ = user.attempt_counted(&id).await;
    let (_, live) = too_soon(&user, &ladder()).await;
    assert_eq!(live.map(|it| it.attempts_used), Some(1), "it is returned in its current state");
    for _ in 1..5 {
        let _ = user.attempt_counted(&id).await;
    }
    assert!(
        too_soon(&user, &ladder()).await.1.is_none(),
        "a challenge without attempts left is not returned"
    );
}

/// Sends that come too soon do not prolong the wait.
pub async fn a_rejected_send_changes_nothing(suite: &Suite) {
    let user = TestUser::new(suite);
    let (_, next_at) = reserved(&user, &ladder()).await;
    for _ in 0..20 {
        suite.pass(Duration::from_secs(1));
        assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "a rejected send does not prolong the wait");
    }
    let (id, _) = user.reserve_send(&ladder()).await;
    assert_eq!(
        user.open_challenge(&user.new_challenge(id)).await,
        OpenOutcome::Over,
        "a rejected send opens no challenge"
    );
    suite.pass_until(next_at);
    let (_, next_at) = reserved(&user, &ladder()).await;
    assert_eq!(
        next_at,
        suite.now().plus(Duration::from_secs(60)),
        "rejected sends do not count toward the wait"
    );
}

/// A released send leaves the wait and the budgets as they were.
pub async fn a_released_send_is_not_counted(suite: &Suite) {
    let user = TestUser::new(suite);
    let rule = SendRule { per_user: vec![Limit::new(2, Duration::from_secs(60 * 60))], ..ladder() };
    let (_, next_at) = reserved(&user, &rule).await;
    suite.pass_until(next_at);
    for _ in 0..5 {
        let (id, _) = reserved(&user, &rule).await;
        user.release_send(&id).await;
        assert_eq!(
            user.open_challenge(&user.new_challenge(id)).await,
            OpenOutcome::Over,
            "a released send opens no challenge"
        );
    }
    let (id, _) = reserved(&user, &ladder()).await;
    assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Opened);
}

/// A release of an opened send, of an unknown one or of another user's changes nothing.
pub async fn an_opened_or_unknown_send_is_not_released(suite: &Suite) {
    let (user, stranger) = (TestUser::new(suite), TestUser::new(suite));
    let (id, next_at) = reserved(&user, &ladder()).await;
    user.release_send(&ChallengeId::random()).await;
    stranger.release_send(&id).await;
    assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "a send is released only by its ID and its user");
    let challenge = Challenge { resend_at: next_at, ..user.new_challenge(id) };
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    user.release_send(&id).await;
    let (resend_at, live) = too_soon(&user, &ladder()).await;
    assert_eq!((resend_at, live.is_some()), (next_at, true), "an opened send is not released");
}

/// The next send of a challenge may have to wait longer, for example because of its number. The user's other sends do
/// not.
pub async fn the_resend_time_of_a_challenge_does_not_delay_other_sends(suite: &Suite) {
    let user = TestUser::new(suite);
    let (id, next_at) = reserved(&user, &ladder()).await;
    let later = suite.now().plus(Duration::from_secs(7 * 60));
    let challenge = Challenge { resend_at: later, ..user.new_challenge(id) };
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    assert_eq!(
        too_soon(&user.for_scope("settings"), &ladder()).await.0,
        next_at,
        "the user waits only for the cool-down"
    );
    suite.pass_until(next_at);
    let _ = reserved(&user.for_scope("settings"), &ladder()).await;
}

/// A rule without waits and budgets rejects no send, and every send opens its challenge.
pub async fn a_rule_without_limits_rejects_no_send(suite: &Suite) {
    let user = TestUser::new(suite);
    let rule = SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
    for _ in 0..20 {
        let (id, next_at) = reserved(&user, &rule).await;
        assert_eq!(next_at, suite.now(), "the next send is allowed at once");
        assert_eq!(
            user.open_challenge(&user.new_challenge(id)).await,
            OpenOutcome::Opened,
            "the send opens its challenge"
        );
    }
}
