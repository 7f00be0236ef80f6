//! Guarantees about budgets that several users share: by number, block of numbers and address.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    conformance::suite::{Suite, expect_answer, race},
    limit::Limit,
    random::random,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget},
    token::ChallengeId,
};

const MINUTE: Duration = Duration::from_secs(60);
const NUMBER: [u8; 32] = [1; 32];

async fn reserve_for(
    suite: &Suite,
    budget: Budget,
    limits: &[Limit],
    (challenge, number): (ChallengeId, [u8; 32]),
) -> BudgetReservation {
    let (challenge, number, now) = (&challenge, &number, suite.now());
    let request = ReserveBudget { budget: &budget, challenge, number, limits, now };
    expect_answer("reserve_budget", suite.store().reserve_budget(request).await)
}

async fn reserve(suite: &Suite, budget: Budget, limits: &[Limit]) -> BudgetReservation {
    reserve_for(suite, budget, limits, (ChallengeId::random(), NUMBER)).await
}

async fn settle(suite: &Suite, budget: Budget, change: BudgetChange<'_>) {
    expect_answer("settle_budget", suite.store().settle_budget(&budget, change, suite.now()).await);
}

async fn exhausted_until(suite: &Suite, budget: Budget, limits: &[Limit]) -> Option<Timestamp> {
    expect_answer("exhausted_until", suite.store().exhausted_until(&budget, limits, suite.now()).await)
}

const fn counted(next_at: Timestamp) -> BudgetReservation {
    BudgetReservation::Reserved { next_at, completed: false }
}

const fn exhausted(retry_at: Timestamp) -> BudgetReservation {
    BudgetReservation::Exhausted { retry_at, completed: false }
}

/// Of a hundred concurrent events, exactly as many are counted as the limit allows.
pub async fn a_budget_allows_exactly_its_limit(suite: &Suite) {
    let budget = Budget::Number(random());
    let answers = race(100, |_| {
        let suite = suite.clone();
        async move { reserve(&suite, budget, &[Limit::new(7, MINUTE)]).await }
    })
    .await;
    let counted = answers.iter().filter(|answer| matches!(answer, BudgetReservation::Reserved { .. }));
    assert_eq!(
        counted.count(),
        7,
        "a budget counts exactly as many of a hundred concurrent events as it allows"
    );
    let retry_at = suite.now().plus(MINUTE);
    for answer in answers {
        if let BudgetReservation::Exhausted { retry_at: actual, .. } = answer {
            assert_eq!(
                actual, retry_at,
                "a rejection returns the time at which the first event leaves the window"
            );
        }
    }
}

/// An event leaves the window exactly one window after it happened, and not a millisecond earlier.
pub async fn a_window_slides_to_the_millisecond(suite: &Suite) {
    let (budget, limits) = (Budget::Address(random()), [Limit::new(2, MINUTE)]);
    let first = suite.now();
    assert_eq!(reserve(suite, budget, &limits).await, counted(first), "there is room for a second event");
    suite.pass(Duration::from_secs(40));
    let second = suite.now();
    let answer = reserve(suite, budget, &limits).await;
    assert_eq!(answer, counted(first.plus(MINUTE)), "the last event returns the time of the next room");
    for leaves in [first.plus(MINUTE), second.plus(MINUTE)] {
        suite.pass_until_just_before(leaves);
        let answer = reserve(suite, budget, &limits).await;
        assert_eq!(answer, exhausted(leaves), "a millisecond too early");
        suite.pass_until(leaves);
        let answer = reserve(suite, budget, &limits).await;
        assert!(
            matches!(answer, BudgetReservation::Reserved { .. }),
            "there is room at that instant: {answer:?}"
        );
    }
}

/// The limit with the longest wait decides.
pub async fn all_limits_of_a_budget_hold(suite: &Suite) {
    let (budget, limits) = (Budget::Number(random()), [Limit::new(1, MINUTE), Limit::new(2, 10 * MINUTE)]);
    let first = suite.now();
    assert_eq!(
        reserve(suite, budget, &limits).await,
        counted(first.plus(MINUTE)),
        "the shorter window decides"
    );
    suite.pass(MINUTE);
    assert_eq!(
        reserve(suite, budget, &limits).await,
        counted(first.plus(10 * MINUTE)),
        "then the longer window decides"
    );
    suite.pass(MINUTE);
    let answer = reserve(suite, budget, &limits).await;
    assert_eq!(answer, exhausted(first.plus(10 * MINUTE)), "all limits hold at once");
}

/// The same hash identifies a different budget for each kind.
pub async fn budgets_are_separate_by_kind_and_hash(suite: &Suite) {
    let (hash, limits) = (random(), [Limit::new(1, MINUTE)]);
    let expected = counted(suite.now().plus(MINUTE));
    for budget in [Budget::Number(hash), Budget::Block(hash), Budget::Address(hash), Budget::Number(random())]
    {
        assert_eq!(reserve(suite, budget, &limits).await, expected, "{budget:?} has its own room");
    }
    settle(suite, Budget::Block(hash), BudgetChange::Forget).await;
    let answer = reserve(suite, Budget::Number(hash), &limits).await;
    assert!(
        matches!(answer, BudgetReservation::Exhausted { .. }),
        "forgetting a block must not affect a number: {answer:?}"
    );
}

/// A release removes the event of its challenge, once, and no other.
pub async fn a_released_event_is_given_back(suite: &Suite) {
    let (budget, limits) = (Budget::Number(random()), [Limit::new(2, MINUTE)]);
    let (first, second) = (ChallengeId::random(), ChallengeId::random());
    let _ = reserve_for(suite, budget, &limits, (first, NUMBER)).await;
    suite.pass(Duration::from_secs(1));
    let second_at = suite.now();
    let _ = reserve_for(suite, budget, &limits, (second, NUMBER)).await;
    settle(suite, budget, BudgetChange::Release { challenge: &ChallengeId::random() }).await;
    settle(suite, Budget::Number(random()), BudgetChange::Release { challenge: &second }).await;
    let answer = reserve(suite, budget, &limits).await;
    assert!(
        matches!(answer, BudgetReservation::Exhausted { .. }),
        "releases of other challenges and budgets give nothing back: {answer:?}"
    );
    settle(suite, budget, BudgetChange::Release { challenge: &first }).await;
    settle(suite, budget, BudgetChange::Release { challenge: &first }).await;
    let answer = reserve(suite, budget, &limits).await;
    assert_eq!(
        answer,
        counted(second_at.plus(MINUTE)),
        "one event is given back once, and the other stays counted"
    );
}

/// A completion removes the events of its number, unless they are kept, and no events of other numbers.
pub async fn the_events_of_a_completed_number_are_given_back(suite: &Suite) {
    let (budget, limits) = (Budget::Block(random()), [Limit::new(3, MINUTE)]);
    let number = [2; 32];
    for number in [number, NUMBER, number] {
        let _ = reserve_for(suite, budget, &limits, (ChallengeId::random(), number)).await;
    }
    let kept = BudgetChange::Complete { number: &number, keep_counted: true, remember_for: Duration::ZERO };
    settle(suite, budget, kept).await;
    let answer = reserve(suite, budget, &limits).await;
    assert!(
        matches!(answer, BudgetReservation::Exhausted { .. }),
        "events that are kept stay counted: {answer:?}"
    );
    let given = BudgetChange::Complete { number: &number, keep_counted: false, remember_for: Duration::ZERO };
    settle(suite, budget, given).await;
    for left in [2, 1] {
        let answer = reserve(suite, budget, &limits).await;
        let reserved = matches!(answer, BudgetReservation::Reserved { completed: false, .. });
        assert!(
            reserved,
            "two of three events are given back, {left} left, and nothing is remembered: {answer:?}"
        );
    }
    let answer = reserve(suite, budget, &limits).await;
    assert!(
        matches!(answer, BudgetReservation::Exhausted { .. }),
        "the event of the other number stays counted: {answer:?}"
    );
}

/// A completion is remembered to the millisecond, even after the window has passed, or until it is forgotten.
pub async fn a_completed_number_is_remembered_as_long_as_requested(suite: &Suite) {
    let limits = [Limit::new(1000, MINUTE)];
    let days = Duration::from_secs(90 * 24 * 60 * 60);
    for counted_before in [true, false] {
        let budget = Budget::Number(random());
        let completes = async || {
            matches!(
                reserve(suite, budget, &limits).await,
                BudgetReservation::Reserved { completed: true, .. }
            )
        };
        if counted_before {
            assert!(!completes().await, "nothing is remembered before the completion");
        }
        let complete = BudgetChange::Complete { number: &NUMBER, keep_counted: true, remember_for: days };
        settle(suite, budget, complete).await;
        let end = suite.now().plus(days);
        assert!(completes().await, "a completion is remembered at once");
        suite.pass_until_just_before(end);
        assert!(completes().await, "a completion is remembered to its last millisecond");
        suite.pass_until(end);
        assert!(!completes().await, "a completion is not remembered any longer");
        settle(suite, budget, complete).await;
        assert!(completes().await, "a number may complete again");
        settle(suite, budget, BudgetChange::Forget).await;
        assert!(!completes().await, "a forgotten completion is not remembered");
    }
}

/// Rejected events do not change the time at which an exhausted budget has room again.
pub async fn a_rejected_event_is_not_counted(suite: &Suite) {
    let (budget, limits) = (Budget::Address(random()), [Limit::new(1, MINUTE)]);
    let _ = reserve(suite, budget, &limits).await;
    let retry_at = suite.now().plus(MINUTE);
    for _ in 0..20 {
        suite.pass(Duration::from_secs(1));
        let answer = reserve(suite, budget, &limits).await;
        assert_eq!(answer, exhausted(retry_at), "a rejected event moves nothing");
    }
    suite.pass_until(retry_at);
    assert_eq!(
        reserve(suite, budget, &limits).await,
        counted(retry_at.plus(MINUTE)),
        "rejected events are not counted"
    );
}

/// Returns the wait of an exhausted budget to the millisecond, and `None` for one with room. Counts nothing,
/// however often it is called.
pub async fn reading_a_budget_returns_its_wait_and_counts_nothing(suite: &Suite) {
    let (budget, limits) = (Budget::Block(random()), [Limit::new(1, MINUTE)]);
    for _ in 0..3 {
        assert_eq!(exhausted_until(suite, budget, &limits).await, None, "an unknown budget has room");
    }
    let leaves = suite.now().plus(MINUTE);
    assert_eq!(reserve(suite, budget, &limits).await, counted(leaves), "reading counts nothing");
    assert_eq!(exhausted_until(suite, budget, &limits).await, Some(leaves), "an exhausted budget");
    let wider = [Limit::new(2, MINUTE)];
    assert_eq!(exhausted_until(suite, budget, &wider).await, None, "a budget with room for one more");
    suite.pass_until_just_before(leaves);
    assert_eq!(exhausted_until(suite, budget, &limits).await, Some(leaves), "a millisecond too early");
    suite.pass_until(leaves);
    assert_eq!(exhausted_until(suite, budget, &limits).await, None, "there is room at that instant");
    assert_eq!(reserve(suite, budget, &limits).await, counted(leaves.plus(MINUTE)), "reading counts nothing");
}

/// An exhausted budget reports whether its number completed a challenge, as a budget with room does.
pub async fn an_exhausted_budget_reports_a_completed_number(suite: &Suite) {
    let (budget, limits) = (Budget::Number(random()), [Limit::new(1, MINUTE)]);
    let retry_at = suite.now().plus(MINUTE);
    let _ = reserve(suite, budget, &limits).await;
    assert_eq!(reserve(suite, budget, &limits).await, exhausted(retry_at), "not completed");
    let complete = BudgetChange::Complete { number: &NUMBER, keep_counted: true, remember_for: 2 * MINUTE };
    settle(suite, budget, complete).await;
    let answer = reserve(suite, budget, &limits).await;
    assert_eq!(answer, BudgetReservation::Exhausted { retry_at, completed: true }, "completed");
}
