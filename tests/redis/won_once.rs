//! Races between two instances of any store.

use std::{fmt::Debug, time::Duration};

use futures_util::future::join_all;
use mfakit::{
    MfaStore,
    policy::Limit,
    store::{AttemptReservation, ConsumeOutcome, RedeemOutcome, SendReservation, SendRule, StoreError},
};

use crate::kit::{NO_TIME, TestUser, attempt, live_challenge, new_id, redeem, reserve_send};

/// Runs each race on both instances at once: 200 attempts, 100 right codes, 100 uses of a grant, and 20 sends.
pub(crate) async fn no_race_is_won_twice<S: MfaStore>(stores: [S; 2]) {
    let either = |at: usize| &stores[at % 2];
    let alice = TestUser::new("alice");

    let challenge = live_challenge(&stores[0], &alice).await;
    let attempts = join_all((0..200).map(|at| attempt(either(at), &alice, &challenge.id))).await;
    won(&attempts, 5, |attempt| matches!(attempt, AttemptReservation::Reserved { .. }));

    let challenge = live_challenge(&stores[0], &alice).await;
    let redeemed = join_all((0..100).map(|at| redeem(either(at), &alice, &challenge.id))).await;
    let granted = won(&redeemed, 1, |redeemed| matches!(redeemed, RedeemOutcome::Granted(_)));
    let Some(RedeemOutcome::Granted(grant)) = granted else { panic!("no call has the grant: {redeemed:?}") };

    let consumed = join_all((0..100).map(|at| either(at).consume(alice.key(), grant, NO_TIME))).await;
    won(&consumed, 1, |consumed| *consumed == ConsumeOutcome::Consumed);

    let rule = SendRule {
        cool_down: vec![Duration::from_secs(30)],
        per_login_and_scope: vec![Limit::new(3, Duration::from_secs(10 * 60))],
        per_user: vec![Limit::new(10, Duration::from_secs(24 * 60 * 60))],
    };
    let (bob, ids) = (TestUser::new("bob"), [(); 20].map(|()| new_id()));
    let sends = join_all(ids.iter().enumerate().map(|(at, id)| reserve_send(either(at), &bob, id, &rule)));
    won(&sends.await, 1, |send| matches!(send, SendReservation::Reserved { .. }));
}

/// Asserts that this number of calls have won, and returns the answer to one of them. A busy machine may leave calls without an
/// answer, each of which may have won or not.
fn won<T: Debug>(
    answers: &[Result<T, StoreError>],
    expected: usize,
    has_won: impl Fn(&T) -> bool,
) -> Option<&T> {
    let winners: Vec<_> = answers.iter().flatten().filter(|answer| has_won(answer)).collect();
    let unanswered = answers.iter().filter(|answer| answer.is_err()).count();
    let possible = winners.len()..=winners.len() + unanswered;
    assert!(possible.contains(&expected), "{expected} expected, {unanswered} unanswered: {winners:?}");
    winners.first().copied()
}
