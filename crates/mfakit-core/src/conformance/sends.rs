//! No message is sent that was not counted before, and each waits for the one before.

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

/// 30, 60, 120 seconds, and room in both budgets.
fn ladder() -> SendRule {
    SendRule { cool_down: [30, 60, 120].map(Duration::from_secs).into(), ..lenient() }
}

/// When the next send may follow, after one that has to be counted.
async fn reserved(user: &TestUser, rule: &SendRule) -> (ChallengeId, Timestamp) {
    match user.reserve_send(rule).await {
        (id, SendReservation::Reserved { resend_at }) => (id, resend_at),
        (_, refused) => panic!("this send may be made: {refused:?}"),
    }
}

/// What a send that has to be refused is told: when the next may follow, and what is live.
async fn too_soon(user: &TestUser, rule: &SendRule) -> (Timestamp, Option<Box<Challenge>>) {
    match user.reserve_send(rule).await {
        (_, SendReservation::TooSoon { resend_at, cooling_down, live }) => {
            assert!(cooling_down, "it is the cool-down that lasts, and no budget");
            (resend_at, live)
        }
        (_, answer) => panic!("the send before is too recent: {answer:?}"),
    }
}

/// Of twenty starts at once, over log-ins and scopes, one is counted.
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
        let (SendReservation::Reserved { resend_at } | SendReservation::TooSoon { resend_at, .. }) = answer
        else {
            panic!("sends lock nobody: {answer:?}")
        };
        assert_eq!(resend_at, next_at, "all of them hear when the next may follow");
        counted += u32::from(matches!(answer, SendReservation::Reserved { .. }));
    }
    assert_eq!(counted, 1, "one of twenty sends at once is made");
}

/// 30, 60, 120 and again 120 seconds, each to the millisecond.
pub async fn each_send_waits_longer_than_the_one_before(suite: &Suite) {
    let user = TestUser::new(suite);
    for (send, wait) in [30, 60, 120, 120, 120].into_iter().enumerate() {
        let user = if send % 2 == 0 { user.clone() } else { user.in_another_session().for_scope("settings") };
        let (_, next_at) = reserved(&user, &ladder()).await;
        assert_eq!(next_at, suite.now().plus(Duration::from_secs(wait)), "the wait after send {}", send + 1);
        assert_eq!(user.user_state().await.resend_at, Some(next_at), "the standing tells it");
        suite.pass_until_just_before(next_at);
        assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "a millisecond early is too soon");
        suite.pass_until(next_at);
    }
}

/// A send of an hour ago counts no longer, one of a millisecond less does.
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

/// Sends before a success do not count for the wait.
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
    assert_eq!(waiting, None, "after a success nobody waits");
    let (_, next_at) = reserved(&user, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(30)), "after a success the waits begin anew");
    user.release_send(&id).await;
}

/// What a refused start is shown is of its own log-in and scope, live, and as it stands.
pub async fn a_rejected_start_returns_the_live_challenge_of_its_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let (id, next_at) = reserved(&user, &ladder()).await;
    let challenge = Challenge { resend_at: next_at, ..user.new_challenge(id) };
    assert!(too_soon(&user, &ladder()).await.1.is_none(), "what is on its way is not live");
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    let (_, live) = too_soon(&user, &ladder()).await;
    assert_eq!(
        live.as_deref().map(describe_challenge),
        Some(describe_challenge(&challenge)),
        "the live challenge is named"
    );
    for (name, other) in [("log-in", user.in_another_session()), ("scope", user.for_scope("transfer2"))] {
        assert!(too_soon(&other, &ladder()).await.1.is_none(), "that of another {name} is not named");
    }
    let _ = user.attempt_counted(&id).await;
    let (_, live) = too_soon(&user, &ladder()).await;
    assert_eq!(live.map(|it| it.attempts_used), Some(1), "it is named as it stands");
    for _ in 1..5 {
        let _ = user.attempt_counted(&id).await;
    }
    assert!(too_soon(&user, &ladder()).await.1.is_none(), "one without attempts left is not named");
}

/// However often somebody asks too soon, they wait no longer.
pub async fn a_rejected_send_changes_nothing(suite: &Suite) {
    let user = TestUser::new(suite);
    let (_, next_at) = reserved(&user, &ladder()).await;
    for _ in 0..20 {
        suite.pass(Duration::from_secs(1));
        assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "asking moves no wait");
    }
    let (id, _) = user.reserve_send(&ladder()).await;
    assert_eq!(
        user.open_challenge(&user.new_challenge(id)).await,
        OpenOutcome::Over,
        "a refused send opens nothing"
    );
    suite.pass_until(next_at);
    let (_, next_at) = reserved(&user, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(60)), "refused sends do not count for the wait");
}

/// A send that is given back leaves wait and budgets as they were.
pub async fn a_released_send_is_not_counted(suite: &Suite) {
    let user = TestUser::new(suite);
    let rule = SendRule { per_user: vec![Limit::new(2, Duration::from_hours(1))], ..ladder() };
    let (_, next_at) = reserved(&user, &rule).await;
    suite.pass_until(next_at);
    for _ in 0..5 {
        let (id, _) = reserved(&user, &rule).await;
        user.release_send(&id).await;
        assert_eq!(
            user.open_challenge(&user.new_challenge(id)).await,
            OpenOutcome::Over,
            "what is released opens nothing"
        );
    }
    let (id, _) = reserved(&user, &ladder()).await;
    assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Opened);
}

/// Nobody gives back a send that was made, or that they do not know.
pub async fn an_opened_or_unknown_send_is_not_released(suite: &Suite) {
    let (user, stranger) = (TestUser::new(suite), TestUser::new(suite));
    let (id, next_at) = reserved(&user, &ladder()).await;
    user.release_send(&ChallengeId::random()).await;
    stranger.release_send(&id).await;
    assert_eq!(too_soon(&user, &ladder()).await.0, next_at, "a send is released by its own name and user");
    let challenge = Challenge { resend_at: next_at, ..user.new_challenge(id) };
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    user.release_send(&id).await;
    let (told, live) = too_soon(&user, &ladder()).await;
    assert_eq!((told, live.is_some()), (next_at, true), "what was opened was sent");
}

/// A challenge may say that its own next send has to wait longer, for its number say. The user's other sends do not.
pub async fn the_resend_time_of_a_challenge_does_not_delay_other_sends(suite: &Suite) {
    let user = TestUser::new(suite);
    let (id, next_at) = reserved(&user, &ladder()).await;
    let later = suite.now().plus(Duration::from_mins(7));
    let challenge = Challenge { resend_at: later, ..user.new_challenge(id) };
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Opened);
    assert_eq!(
        too_soon(&user.for_scope("settings"), &ladder()).await.0,
        next_at,
        "the user waits for the cool-down"
    );
    suite.pass_until(next_at);
    let _ = reserved(&user.for_scope("settings"), &ladder()).await;
}

/// A rule without waits and budgets refuses nobody, and what it counts opens all the same.
pub async fn a_rule_without_limits_rejects_no_send(suite: &Suite) {
    let user = TestUser::new(suite);
    let rule = SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
    for _ in 0..20 {
        let (id, next_at) = reserved(&user, &rule).await;
        assert_eq!(next_at, suite.now(), "the next send may follow at once");
        assert_eq!(
            user.open_challenge(&user.new_challenge(id)).await,
            OpenOutcome::Opened,
            "its challenge opens"
        );
    }
}
