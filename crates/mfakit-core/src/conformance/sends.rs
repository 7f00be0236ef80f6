//! No message is sent that was not counted before, and each waits for the one before.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::{
        person::{Person, all_of, generous},
        suite::{Suite, race},
    },
    limit::Limit,
    send_rule::SendRule,
    store::{OpenOutcome, SendReservation},
    token::ChallengeId,
};

/// 30, 60, 120 seconds, and room in both budgets.
fn ladder() -> SendRule {
    SendRule { cool_down: [30, 60, 120].map(Duration::from_secs).into(), ..generous() }
}

/// When the next send may follow, after one that has to be counted.
async fn reserved(person: &Person, rule: &SendRule) -> (ChallengeId, Timestamp) {
    match person.reserve_send(rule).await {
        (id, SendReservation::Reserved { resend_at }) => (id, resend_at),
        (_, refused) => panic!("this send may be made: {refused:?}"),
    }
}

/// What a send that has to be refused is told: when the next may follow, and what is live.
async fn too_soon(person: &Person, rule: &SendRule) -> (Timestamp, Option<Box<Challenge>>) {
    match person.reserve_send(rule).await {
        (_, SendReservation::TooSoon { resend_at, cooling_down, live }) => {
            assert!(cooling_down, "it is the cool-down that lasts, and no budget");
            (resend_at, live)
        }
        (_, answer) => panic!("the send before is too recent: {answer:?}"),
    }
}

/// Of twenty starts at once, over log-ins and scopes, one is counted.
pub async fn one_of_many_sends_at_once_is_made(suite: &Suite) {
    let person = Person::new(suite);
    let next_at = suite.now().plus(Duration::from_secs(30));
    let answers = race(20, |number| {
        let person = if number % 2 == 0 { person.elsewhere() } else { person.wants("settings") };
        async move { person.reserve_send(&ladder()).await.1 }
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
    let person = Person::new(suite);
    for (send, wait) in [30, 60, 120, 120, 120].into_iter().enumerate() {
        let person = if send % 2 == 0 { person.clone() } else { person.elsewhere().wants("settings") };
        let (_, next_at) = reserved(&person, &ladder()).await;
        assert_eq!(next_at, suite.now().plus(Duration::from_secs(wait)), "the wait after send {}", send + 1);
        assert_eq!(person.user_state().await.resend_at, Some(next_at), "the standing tells it");
        suite.pass_until_just_before(next_at);
        assert_eq!(too_soon(&person, &ladder()).await.0, next_at, "a millisecond early is too soon");
        suite.pass_until(next_at);
    }
}

/// A send of an hour ago counts no longer, one of a millisecond less does.
pub async fn sends_of_the_last_hour_count_for_the_wait(suite: &Suite) {
    let (early, late) = (Person::new(suite), Person::new(suite));
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
    let person = Person::new(suite);
    let (_, next_at) = reserved(&person, &ladder()).await;
    suite.pass_until(next_at);
    let (id, next_at) = reserved(&person.elsewhere(), &ladder()).await;
    assert_eq!(person.user_state().await.resend_at, Some(next_at));
    suite.pass_until(next_at);
    let challenge = person.start().await;
    let _ = person.redeem(&challenge.id).await;
    let waiting = person.user_state().await.resend_at.filter(|at| suite.now() < *at);
    assert_eq!(waiting, None, "after a success nobody waits");
    let (_, next_at) = reserved(&person, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(30)), "after a success the waits begin anew");
    person.release_send(&id).await;
}

/// What a refused start is shown is of its own log-in and scope, live, and as it stands.
pub async fn a_refused_start_names_the_live_challenge_of_its_login_and_scope(suite: &Suite) {
    let person = Person::new(suite);
    let (id, next_at) = reserved(&person, &ladder()).await;
    let challenge = Challenge { resend_at: next_at, ..person.challenge(id) };
    assert!(too_soon(&person, &ladder()).await.1.is_none(), "what is on its way is not live");
    assert_eq!(person.open(&challenge).await, OpenOutcome::Opened);
    let (_, live) = too_soon(&person, &ladder()).await;
    assert_eq!(live.as_deref().map(all_of), Some(all_of(&challenge)), "the live challenge is named");
    for (name, other) in [("log-in", person.elsewhere()), ("scope", person.wants("transfer2"))] {
        assert!(too_soon(&other, &ladder()).await.1.is_none(), "that of another {name} is not named");
    }
    let _ = person.try_code(&id).await;
    let (_, live) = too_soon(&person, &ladder()).await;
    assert_eq!(live.map(|it| it.attempts_used), Some(1), "it is named as it stands");
    for _ in 1..5 {
        let _ = person.try_code(&id).await;
    }
    assert!(too_soon(&person, &ladder()).await.1.is_none(), "one without attempts left is not named");
}

/// However often somebody asks too soon, they wait no longer.
pub async fn what_is_refused_changes_nothing(suite: &Suite) {
    let person = Person::new(suite);
    let (_, next_at) = reserved(&person, &ladder()).await;
    for _ in 0..20 {
        suite.pass(Duration::from_secs(1));
        assert_eq!(too_soon(&person, &ladder()).await.0, next_at, "asking moves no wait");
    }
    let (id, _) = person.reserve_send(&ladder()).await;
    assert_eq!(person.open(&person.challenge(id)).await, OpenOutcome::Over, "a refused send opens nothing");
    suite.pass_until(next_at);
    let (_, next_at) = reserved(&person, &ladder()).await;
    assert_eq!(next_at, suite.now().plus(Duration::from_secs(60)), "refused sends do not count for the wait");
}

/// A send that is given back leaves wait and budgets as they were.
pub async fn what_is_released_was_never_sent(suite: &Suite) {
    let person = Person::new(suite);
    let rule = SendRule { per_user: vec![Limit::new(2, Duration::from_hours(1))], ..ladder() };
    let (_, next_at) = reserved(&person, &rule).await;
    suite.pass_until(next_at);
    for _ in 0..5 {
        let (id, _) = reserved(&person, &rule).await;
        person.release_send(&id).await;
        assert_eq!(
            person.open(&person.challenge(id)).await,
            OpenOutcome::Over,
            "what is released opens nothing"
        );
    }
    let (id, _) = reserved(&person, &ladder()).await;
    assert_eq!(person.open(&person.challenge(id)).await, OpenOutcome::Opened);
}

/// Nobody gives back a send that was made, or that they do not know.
pub async fn what_was_opened_or_is_unknown_is_not_released(suite: &Suite) {
    let (person, stranger) = (Person::new(suite), Person::new(suite));
    let (id, next_at) = reserved(&person, &ladder()).await;
    person.release_send(&ChallengeId::random()).await;
    stranger.release_send(&id).await;
    assert_eq!(too_soon(&person, &ladder()).await.0, next_at, "a send is released by its own name and user");
    let challenge = Challenge { resend_at: next_at, ..person.challenge(id) };
    assert_eq!(person.open(&challenge).await, OpenOutcome::Opened);
    person.release_send(&id).await;
    let (told, live) = too_soon(&person, &ladder()).await;
    assert_eq!((told, live.is_some()), (next_at, true), "what was opened was sent");
}

/// A challenge may say that its own next send has to wait longer, for its number say. The user's other sends do not.
pub async fn what_a_challenge_says_of_the_next_send_is_its_own_matter(suite: &Suite) {
    let person = Person::new(suite);
    let (id, next_at) = reserved(&person, &ladder()).await;
    let later = suite.now().plus(Duration::from_mins(7));
    let challenge = Challenge { resend_at: later, ..person.challenge(id) };
    assert_eq!(person.open(&challenge).await, OpenOutcome::Opened);
    assert_eq!(
        too_soon(&person.wants("settings"), &ladder()).await.0,
        next_at,
        "the user waits for the cool-down"
    );
    suite.pass_until(next_at);
    let _ = reserved(&person.wants("settings"), &ladder()).await;
}

/// A rule without waits and budgets refuses nobody, and what it counts opens all the same.
pub async fn a_rule_without_limits_refuses_nobody(suite: &Suite) {
    let person = Person::new(suite);
    let rule = SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
    for _ in 0..20 {
        let (id, next_at) = reserved(&person, &rule).await;
        assert_eq!(next_at, suite.now(), "the next send may follow at once");
        assert_eq!(person.open(&person.challenge(id)).await, OpenOutcome::Opened, "its challenge opens");
    }
}
