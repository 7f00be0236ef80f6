//! How many messages one user causes, whatever they do.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    conformance::{
        person::{Person, generous, granted},
        suite::{Suite, race},
    },
    limit::Limit,
    send_rule::SendRule,
    store::{OpenOutcome, SendReservation},
};

const WINDOW: Duration = Duration::from_mins(15);

fn three_per_login_and_scope() -> SendRule {
    SendRule { per_login_and_scope: vec![Limit::new(3, WINDOW)], ..generous() }
}

fn three_per_user() -> SendRule {
    SendRule { per_user: vec![Limit::new(3, WINDOW)], ..generous() }
}

/// Sends, opens, and says when the next may follow.
async fn send(person: &Person, rule: &SendRule) -> Timestamp {
    match person.reserve_send(rule).await {
        (id, SendReservation::Reserved { resend_at }) => {
            assert_eq!(person.open(&person.challenge(id)).await, OpenOutcome::Opened);
            resend_at
        }
        (_, refused) => panic!("the budget has room: {refused:?}"),
    }
}

async fn assert_spent_until(person: &Person, rule: &SendRule, moment: Timestamp) {
    match person.reserve_send(rule).await {
        (_, SendReservation::TooSoon { resend_at, cooling_down, .. }) => {
            assert_eq!(resend_at, moment, "whoever is refused hears when the next send may follow");
            assert!(!cooling_down, "it is a budget that is used up, and no cool-down");
        }
        (_, answer) => panic!("the budget is used up: {answer:?}"),
    }
}

/// Three in a quarter of an hour for one log-in and scope; another log-in or scope has three of its own.
pub async fn a_login_and_scope_has_a_budget_of_its_own(suite: &Suite) {
    let (person, rule) = (Person::new(suite), three_per_login_and_scope());
    let first_leaves = suite.now().plus(WINDOW);
    for sends in 1..=3 {
        let next_at = send(&person, &rule).await;
        let expected = if sends == 3 { first_leaves } else { suite.now() };
        assert_eq!(next_at, expected, "send {sends} tells when the next may follow");
        suite.pass(Duration::from_secs(1));
    }
    assert_spent_until(&person, &rule, first_leaves).await;
    let _ = send(&person.elsewhere(), &rule).await;
    let _ = send(&person.wants("transfer2"), &rule).await;
    suite.pass_until_just_before(first_leaves);
    assert_spent_until(&person, &rule, first_leaves).await;
    suite.pass_until(first_leaves);
    let next_at = send(&person, &rule).await;
    assert_eq!(next_at, first_leaves.plus(Duration::from_secs(1)), "the second leaves a second later");
    assert_spent_until(&person, &rule, next_at).await;
}

/// Three in a quarter of an hour for a user, over all log-ins and scopes.
pub async fn a_user_has_one_budget_over_everything(suite: &Suite) {
    let (person, rule) = (Person::new(suite), three_per_user());
    let first_leaves = suite.now().plus(WINDOW);
    for person in [person.clone(), person.elsewhere(), person.wants("settings")] {
        let _ = send(&person, &rule).await;
        suite.pass(Duration::from_secs(1));
    }
    for person in [person.elsewhere(), person.wants("another"), person.elsewhere().wants("another")] {
        assert_spent_until(&person, &rule, first_leaves).await;
    }
    suite.pass_until_just_before(first_leaves);
    assert_spent_until(&person, &rule, first_leaves).await;
    suite.pass_until(first_leaves);
    let _ = send(&person.elsewhere(), &rule).await;
    let _ = send(&Person::new(suite), &rule).await;
}

/// A success gives the log-in and scope its sends back, and the user none.
pub async fn a_success_restores_the_budget_of_the_login_and_scope_alone(suite: &Suite) {
    let (person, rule) = (Person::new(suite), three_per_login_and_scope());
    for _ in 0..2 {
        let _ = send(&person, &rule).await;
    }
    let challenge = person.start().await;
    assert_spent_until(&person, &rule, suite.now().plus(WINDOW)).await;
    let _ = granted(person.redeem(&challenge.id).await);
    let _ = send(&person, &rule).await;

    let (person, rule) = (Person::new(suite), three_per_user());
    for _ in 0..3 {
        let _ = person.elevate().await;
    }
    assert_spent_until(&person, &rule, suite.now().plus(WINDOW)).await;
}

/// Of a hundred starts at once, three are counted.
pub async fn a_budget_holds_when_all_come_at_once(suite: &Suite) {
    for rule in [three_per_user(), three_per_login_and_scope()] {
        let person = Person::new(suite);
        let answers = race(100, |number| {
            let (person, rule) = (person.clone(), rule.clone());
            let other = if rule == three_per_user() { person.elsewhere() } else { person.clone() };
            let person = if number % 2 == 0 { person } else { other };
            async move { person.reserve_send(&rule).await.1 }
        })
        .await;
        let counted = answers.iter().filter(|answer| matches!(answer, SendReservation::Reserved { .. }));
        assert_eq!(counted.count(), 3, "three of a hundred sends at once are made");
    }
}

/// Whether or not the provider took it, and also after it was revoked.
pub async fn an_unopened_send_stays_counted(suite: &Suite) {
    let (person, rule) = (Person::new(suite), three_per_user());
    let first_leaves = suite.now().plus(WINDOW);
    for _ in 0..3 {
        let (_, answer) = person.reserve_send(&rule).await;
        assert!(matches!(answer, SendReservation::Reserved { .. }), "{answer:?}");
    }
    assert_spent_until(&person, &rule, first_leaves).await;
    person.revoke(crate::store::Revocation::User).await;
    person.unlock().await;
    assert_spent_until(&person, &rule, first_leaves).await;
}
